"""Python and native code that call each other; argument: the library that test-fixtures/native/mixed.cpp makes."""

import ctypes
import sys
import threading

library = ctypes.PyDLL(sys.argv[1])
library.take_things.argtypes = [ctypes.c_size_t]
library.take_things.restype = ctypes.c_void_p
library.call_back.argtypes = [ctypes.py_object]
library.call_back.restype = ctypes.py_object
library.take_in_thread.argtypes = [ctypes.c_size_t]


def take(count):
    return library.take_things(count)


def inner():
    return take(50_000)


def middle():
    return inner()


def outer():
    return library.call_back(middle)


def twice():
    return library.call_back(outer)


def generate():
    yield take(70_000)


def recurse(depth):
    return recurse(depth - 1) if depth else take(90_000)


take(30_000)
outer()
twice()
list(generate())
recurse(5)
sorted([1], key=lambda _: take(110_000))
thread = threading.Thread(target=take, args=(130_000,))
thread.start()
thread.join()
library.take_in_thread(150_000)
