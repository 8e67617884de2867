"""Known allocations in every shape of Python code.

Lines that end in `# name` ask for exactly the bytes that EXPECTED has for the name, in one allocation each time:
`FILL * n` is one bytes object of n + 33 bytes, too large for pymalloc. Nothing else is allocated on the line, except
where `slack` bytes are allowed: a list or range of a comprehension, an instance's dict. Printed at the end as JSON:
name -> [function, bytes, allocations, slack].
"""

import asyncio
import json
import sys
import threading

FILL = b"x"
HEADER = sys.getsizeof(b"")
EXPECTED = {}
KEPT = [None] * 4


def expect(name, function, size, count, slack=0):
    EXPECTED[name] = [function, (size + HEADER) * count, count, slack]


def function(n):
    data = FILL * n  # function
    return len(data)


def nested(n):
    def inner():
        def innermost():
            return not FILL * n  # innermost

        return innermost()

    return inner()


def comprehensions(n):
    for _ in range(3):
        [FILL * n for _ in range(5)]  # list
        {i: FILL * n for i in range(5)}  # dict
        sum(not FILL * n for _ in range(5))  # expression


def generator(n):
    for _ in range(20):
        data = FILL * n  # generator
        yield len(data)


def delegating(n):
    yield from generator(n)


async def coroutine(n):
    for _ in range(5):
        data = FILL * n  # coroutine
        await asyncio.sleep(0)
        del data


async def stream(n):
    for _ in range(5):
        data = FILL * n  # stream
        yield len(data)


async def gather():
    await asyncio.gather(*[coroutine(210_000) for _ in range(4)])
    async for _ in stream(220_000):
        pass


class Thing:
    data = FILL * 230_000  # class

    def __init__(self, n):
        self.data = FILL * n  # init

    @property
    def size(self):
        return not FILL * 240_000  # property

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        data = FILL * 250_000  # exit
        return len(data) > 0


def lines(n):
    pair = (
        not FILL * n,  # first
        FILL * n < FILL  # second
        or FILL * n < FILL,  # third
    )
    try:
        raise ValueError(pair)
    except ValueError:
        data = FILL * n  # handler
    finally:
        data = FILL * n  # finally
    return data


def thread(n, barrier):
    barrier.wait()
    for _ in range(100):
        data = FILL * n  # thread
    return data


def deep(n):
    if n == 0:
        return not FILL * 3_000_000  # deep
    return deep(n - 1)  # recursion


def kept():
    for i in range(4):
        KEPT[i] = FILL * 500_000  # kept
    KEPT[0] = None


function(110_000)
expect("function", "function", 110_000, 1)
nested(120_000)
expect("innermost", "nested.<locals>.inner.<locals>.innermost", 120_000, 1)
comprehensions(130_000)
inlined = sys.version_info >= (3, 12)  # PEP 709
expect("list", "comprehensions" if inlined else "comprehensions.<locals>.<listcomp>", 130_000, 15, slack=5_000)
expect("dict", "comprehensions" if inlined else "comprehensions.<locals>.<dictcomp>", 130_000, 15, slack=5_000)
expect("expression", "comprehensions.<locals>.<genexpr>", 130_000, 15, slack=5_000)
sum(generator(140_000)) + sum(delegating(140_000))
expect("generator", "generator", 140_000, 40)
asyncio.new_event_loop().run_until_complete(gather())
expect("coroutine", "coroutine", 210_000, 20)
expect("stream", "stream", 220_000, 5)
with Thing(260_000) as thing:
    thing.size
expect("class", "Thing", 230_000, 1)
expect("init", "Thing.__init__", 260_000, 1, slack=100)  # before 3.11 its dict, too
expect("property", "Thing.size", 240_000, 1)
expect("exit", "Thing.__exit__", 250_000, 1)
lines(270_000)
for name in ("first", "second", "third", "handler", "finally"):
    expect(name, "lines", 270_000, 1)
(lambda: FILL * 280_000)()  # lambda
expect("lambda", "<lambda>", 280_000, 1)
barrier = threading.Barrier(4)
threads = [threading.Thread(target=thread, args=(150_000, barrier)) for _ in range(4)]
for one in threads:
    one.start()
for one in threads:
    one.join()
expect("thread", "thread", 150_000, 400)
sys.setrecursionlimit(20_000)
threading.stack_size(256 << 20)  # before 3.11 each Python call takes some of the C stack
diver = threading.Thread(target=deep, args=(5_000,))
diver.start()
diver.join()
expect("deep", "deep", 3_000_000, 1)
kept()
expect("kept", "kept", 500_000, 4)
print(json.dumps(EXPECTED))
