"""Makes and drops N small objects (default 3 million), a few thousand alive at a time."""

import sys


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def make(count):
    alive = []
    for i in range(count):
        alive.append(Point(i, [i]))
        if len(alive) == 5000:
            alive.clear()
    return alive


print(len(make(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000_000)))
