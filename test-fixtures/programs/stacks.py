"""Known allocations where a stack is easily got wrong. As in shapes.py, a line that ends in `# name` asks for exactly
the bytes that are printed for the name: {name: [function, bytes, allocations, slack]}. Each block is one bytes object,
too large for pymalloc; `slack` bytes more are allowed where numbers and generators are made on the line.
"""

import asyncio
import ctypes
import functools
import gc
import importlib
import json
import os
import re
import signal
import sys
import threading
import time
import weakref

FILL = b"x"
HEADER = sys.getsizeof(b"")
EXPECTED = {}


def expect(name, function, size, count, slack=0):
    EXPECTED[name] = [function, (size + HEADER) * count, count, slack]


def on_signal(number, frame):
    return not FILL * 110_000  # signal


def signals():
    signal.signal(signal.SIGUSR1, on_signal)
    for _ in range(20):
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(0)
    expect("signal", "on_signal", 110_000, 20)


def key(item):
    return -item if FILL * 120_000 else 0  # key


def folded(total, item):
    return total + item if FILL * 130_000 else 0  # reduce


def replaced(match):
    return "y" if FILL * 140_000 else ""  # replace


class Finalized:
    def __del__(self):
        not FILL * 150_000  # finalizer


def forgotten(reference):
    return not FILL * 160_000  # weak reference


def collected(phase, details):
    not FILL * 170_000  # collector


def called_by_c():
    sorted(range(10), key=key)
    expect("key", "key", 120_000, 10, slack=300)
    functools.reduce(folded, range(11))
    expect("reduce", "folded", 130_000, 10)
    re.sub("x", replaced, "x" * 10)
    expect("replace", "replaced", 140_000, 10)
    kept = [Finalized() for _ in range(10)]
    references = [weakref.ref(item, forgotten) for item in kept]
    del kept
    assert [reference() for reference in references] == [None] * 10
    expect("finalizer", "Finalized.__del__", 150_000, 10)
    expect("weak reference", "forgotten", 160_000, 10)
    gc.disable()
    gc.callbacks.append(collected)
    gc.collect()
    gc.callbacks.remove(collected)
    gc.enable()
    expect("collector", "collected", 170_000, 2)


def profiler(frame, event, argument):
    not FILL * 180_000  # profiler


def tracer(frame, event, argument):
    not FILL * 190_000  # tracer


def watched():
    return not FILL * 200_000  # watched


def watch():
    """Neither watcher looks at the other's functions: both are called for `watched` alone."""
    sys.setprofile(profiler)
    watched()
    sys.setprofile(None)
    expect("profiler", "profiler", 180_000, 3)  # call, return, and the call of setprofile
    sys.settrace(tracer)
    watched()
    sys.settrace(None)
    expect("tracer", "tracer", 190_000, 1)  # it asks for no events but calls
    expect("watched", "watched", 200_000, 2)


def chain(depth):
    if depth > 0:
        yield from chain(depth - 1)
        return
    for _ in range(5):
        try:
            yield not FILL * 210_000  # chained
        except ValueError:
            yield not FILL * 220_000  # thrown


def generators():
    """One generator is resumed from several places, and one in the middle of another's walk."""
    first, second = chain(30), chain(20)
    for _ in range(5):
        next(first)
        next(second)
    third = chain(10)
    next(third)
    third.throw(ValueError())
    expect("chained", "chain", 210_000, 11, slack=2_000)
    expect("thrown", "chain", 220_000, 1, slack=200)


async def waits(turns):
    for _ in range(turns):
        await asyncio.sleep(0)
        not FILL * 230_000  # task


async def nested_tasks():
    await asyncio.gather(*[waits(5) for _ in range(10)])


def every_level(n):
    """Asks for memory at each level, on the way down and on the way back."""
    data = FILL * 240_000  # down
    del data
    if n > 1:
        every_level(n - 1)  # level
    return not FILL * 250_000  # up


def deep():
    depth = 12_000
    sys.setrecursionlimit(depth + 100)
    threading.stack_size(256 << 20)  # before 3.11 a frame takes some of the C stack
    thread = threading.Thread(target=every_level, args=(depth,))
    thread.start()
    thread.join()
    threading.stack_size(0)
    expect("down", "every_level", 240_000, depth)
    expect("up", "every_level", 250_000, depth)
    # What the level below asked for is below the line, once each.
    EXPECTED["level"] = ["every_level", (490_000 + 2 * HEADER) * (depth - 1), 2 * (depth - 1), 1_000 * depth]


def left(n, barrier):
    barrier.wait()
    for _ in range(n):
        not FILL * 260_000  # left


def right(n, barrier):
    barrier.wait()
    for _ in range(n):
        not FILL * 270_000  # right


def threads():
    barrier = threading.Barrier(6)
    running = [threading.Thread(target=side, args=(200, barrier)) for side in (left, right) * 3]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    expect("left", "left", 260_000, 600)
    expect("right", "right", 270_000, 600)


def without_gil():
    """ctypes gives the GIL up while the function runs."""
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    library.malloc.argtypes = [ctypes.c_size_t]
    library.free.argtypes = [ctypes.c_void_p]
    ready = threading.Event()
    other = threading.Thread(target=lambda: [ready.is_set() for _ in iter(ready.is_set, True)])
    other.start()
    for _ in range(10):
        block = library.malloc(1_000_000)  # without the GIL
        library.free(block)
    ready.set()
    other.join()
    EXPECTED["without the GIL"] = ["without_gil", 10_000_000, 10, 4_000]


IN_ANOTHER = """
def in_another_interpreter():
    data = b"x" * 280_000
    del data

for _ in range(10):
    in_another_interpreter()
"""


def run_in_another():
    interpreters = importlib.import_module("_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters")
    number = interpreters.create()
    interpreters.run_string(number, IN_ANOTHER)  # interpreter
    interpreters.destroy(number)


def others():
    run_in_another()
    thread = threading.Thread(target=run_in_another)
    thread.start()
    thread.join()
    not FILL * 290_000  # after
    expect("after", "others", 290_000, 1)


signals()
called_by_c()
watch()
generators()
asyncio.new_event_loop().run_until_complete(nested_tasks())
expect("task", "waits", 230_000, 50)
deep()
threads()
without_gil()
others()
print(json.dumps(EXPECTED))
