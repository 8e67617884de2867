"""Tracking begins in the middle of this program and is never ended. argv: capture, detail, library of native threads.

Lines that end in `# name SIZE COUNT` ask for COUNT bytes objects of SIZE bytes in all.
"""

import ctypes
import sys
import threading

from alloclens import _alloclens

FILL = b"x"
capture, detail, path = sys.argv[1:]
library = ctypes.CDLL(path)
library.allocate.argtypes = [ctypes.c_size_t]
library.stay_out.argtypes = [ctypes.c_size_t]
library.allocate_at_thread_end.argtypes = [ctypes.c_size_t]
begin = threading.Event()


def waits(depth):
    if depth > 0:
        return waits(depth - 1)  # outer
    begin.wait()
    for _ in range(10):
        not FILL * 110_000  # waited 110033 30


def generates():
    while True:
        yield not FILL * 120_000  # generated 120033 5


@ctypes.CFUNCTYPE(None)
def called():
    not FILL * 130_000  # called 130033 10


class Last:
    def __del__(self, FILL=FILL):
        not FILL * 140_000  # torn 140033 1


running = [threading.Thread(target=waits, args=(5,)) for _ in range(3)]
for thread in running:
    thread.start()
generator = generates()
next(generator)
fields = {"path": capture, "overwrite": "1", "detail": detail, "sources": "0"}
words = [word.encode() for field in fields.items() for word in field]


def track():
    problem = _alloclens.start(words)
    assert not problem, problem
    not FILL * 150_000  # within 150033 1


track()
begin.set()
for thread in running:
    thread.join()
for _ in range(5):
    next(generator)
assert library.call_in(called) == 0
assert library.stay_out(20_000) == 0
assert library.allocate_at_thread_end(300_000) == 0
library.allocate(5_000_000)  # own 5000000 1
last = Last()
