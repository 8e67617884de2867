"""A pool of processes for each way of starting them: all of the work is done, and the results come in order."""

import multiprocessing
import os


def work(number):
    data = [bytes(1000) for _ in range(number)]
    return number, sum(map(len, data)), os.getpid() != PARENT


PARENT = os.getpid()

if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(method, sum(size for _, size, _ in pool.map(work, range(100))), pool.apply(work, (3,)))
