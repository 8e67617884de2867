"""Makes 3 ** DEPTH objects, each at a stack of its own (default 14: 4.8 million), and keeps them."""

import sys


def walk(depth, kept):
    if depth == 0:
        kept.append(object())
        return
    walk(depth - 1, kept)
    walk(depth - 1, kept)
    walk(depth - 1, kept)


objects = []
walk(int(sys.argv[1]) if len(sys.argv) > 1 else 14, objects)
print(len(objects))
