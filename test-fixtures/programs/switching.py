"""Greenlets of gevent that take turns. Lines that end in `# name BYTES` ask for that many bytes in all, those that end in
`# below BYTES` have them in what they call, and those that end in `# turn` only switch to others."""

import gevent

FILL = b"x"


def first():
    for _ in range(10):
        data = FILL * 100_000  # first 3000990
        gevent.sleep(0)  # turn
    return data


def below(depth):
    if depth > 0:
        below(depth - 1)  # below 5400891
        return
    data = FILL * 200_000  # second 6000990
    gevent.sleep(0)  # turn
    del data


def second():
    for depth in range(10):
        below(depth)


gevent.joinall([gevent.spawn(function) for function in (first, second) * 3])
