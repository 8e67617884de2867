"""Calls allocating.c in known ways; native_program_test.py runs it tracked. argv[1]: the library."""

import ctypes
import sys

lib = ctypes.CDLL(sys.argv[1])
size, pointer = ctypes.c_size_t, ctypes.c_void_p


def declare(name, *arguments):
    function = getattr(lib, name)
    function.argtypes = arguments
    function.restype = pointer if name.startswith("keep_") else ctypes.c_int
    return function


release = declare("release", pointer)
release_mapping = declare("release_mapping", pointer, size)
calls = {name: declare(name, size) for name in ("keep_malloc", "keep_valloc", "keep_malloc_by_name", "keep_mapping")}
pairs = {name: declare(name, size, size) for name in ("keep_calloc", "keep_aligned_alloc", "keep_posix_memalign")}
realloc = declare("keep_realloc", pointer, size)
reallocarray = declare("keep_reallocarray", pointer, size, size)
remap = declare("keep_remapping", pointer, size, size)
fixed = declare("keep_fixed_mapping", pointer, size)
failing = declare("failing_realloc", pointer)
misaligned = declare("unmap_misaligned", pointer, size)
in_threads = declare("allocate_in_threads", ctypes.c_int, ctypes.c_int, size)
at_end = declare("allocate_while_thread_ends", size)


@ctypes.CFUNCTYPE(None)
def callback():
    return bytearray(1_500_000)  # callback 1500000


a = calls["keep_malloc"](1_000_000)  # malloc 1000000
b = calls["keep_malloc_by_name"](1_100_000)  # by name 1100000
c = pairs["keep_calloc"](1000, 1200)  # calloc 1200000
d = pairs["keep_aligned_alloc"](64, 1_280_000)  # aligned 1280000
e = pairs["keep_posix_memalign"](64, 1_300_000)  # posix 1300000
f = realloc(a, 1_400_000)  # realloc 1400000
f = reallocarray(f, 1000, 1700)  # reallocarray 1700000
assert failing(f) == 0  # failing 0
m = calls["keep_mapping"](4_194_304)  # map 4194304
assert misaligned(m, 4096) == 0
m = remap(m, 4_194_304, 8_388_608)  # remap 8388608
m = fixed(m, 4_194_304)  # fixed 4194304
assert lib.call_in_thread(callback) == 0
assert in_threads(4, 1000, 20_000) == 0
assert at_end(300_000) == 0
release(f)
assert release_mapping(m, 4_194_304) == 0
