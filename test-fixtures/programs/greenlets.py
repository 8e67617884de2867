"""Two greenlets that switch to each other, one of them from deep below its own calls."""

import greenlet

FILL = b"x"


def first():
    for _ in range(10):
        data = FILL * 300_000  # first
        other.switch()  # switch
    return data


def second():
    while True:
        data = FILL * 400_000  # second
        below(20)  # down
        del data


def below(n):
    if n:
        return below(n - 1)
    data = FILL * 500_000  # deep
    one.switch()
    return data


one = greenlet.greenlet(first)
other = greenlet.greenlet(second)
one.switch()
