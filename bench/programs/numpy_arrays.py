"""N rounds (default 400) of array arithmetic: temporaries from 8 kB to 8 MB."""

import sys

import numpy as np


def work(rounds):
    total = 0.0
    for i in range(rounds):
        size = 1000 * 10 ** (i % 4)
        a = np.arange(size, dtype=np.float64)
        b = np.sqrt(a) * 2 + a**2 - np.roll(a, 1)
        total += float(b.reshape(-1, 10).sum(axis=0).max())
    return total


print(work(int(sys.argv[1]) if len(sys.argv) > 1 else 400))
