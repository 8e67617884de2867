"""Allocates and frees an object COUNT times at a depth of DEPTH frames in each of THREADS threads.

One thread is the main thread alone. Prints the processor time of one allocation with its free in nanoseconds. It is
one line of Python, so that nearly all that varies is the tracker.
"""

import sys
import threading
import time
from itertools import repeat

depth, threads, count = (int(word) for word in sys.argv[1:4])
sys.setrecursionlimit(depth + 1000)
cost = []


def pairs(left):
    if left > 1:
        return pairs(left - 1)
    for _ in repeat(None, 1000):
        object()
    start = time.thread_time()
    for _ in repeat(None, count):
        object()
    cost.append(time.thread_time() - start)


if threads == 1:
    pairs(depth - 1)
else:
    threading.stack_size(64 << 20)  # before 3.11 a Python frame takes some of the C stack
    own = 3  # frames of threading.py
    running = [threading.Thread(target=pairs, args=(depth - own,)) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
print(sum(cost) / (count * threads) * 1e9)
