"""Makes the kernel refuse system calls with EPERM, as a container's seccomp profile may.

For the process and its children. As a program: `forbidding.py NAME,NAME… COMMAND…`. x86-64 only, as the tracker is.
"""

import ctypes
import os
import struct
import sys

MMAP_SHARED = -9
NUMBERS = {
    "mmap_shared": MMAP_SHARED,
    "mprotect": 10,
    "madvise": 28,
    "clone": 56,
    "fork": 57,
    "vfork": 58,
    "ftruncate": 77,
    "fallocate": 285,
    "getrandom": 318,
    "clone3": 435,
}
LOAD, JUMP_IF_EQUAL, JUMP_IF_SET, RETURN = 0x20, 0x15, 0x45, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 1
NUMBER, MAP_FLAGS = 0, 16 + 3 * 8  # offsets in seccomp_data: nr, args[3]
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2


def forbid(*names: str) -> None:
    code = []
    for name in names:
        number = NUMBERS[name]
        code.append((LOAD, 0, 0, NUMBER))
        if number == MMAP_SHARED:
            code += [(JUMP_IF_EQUAL, 0, 3, 9), (LOAD, 0, 0, MAP_FLAGS), (JUMP_IF_SET, 0, 1, 1)]
        else:
            code.append((JUMP_IF_EQUAL, 0, 1, number))
        code.append((RETURN, 0, 0, REFUSE))
    code.append((RETURN, 0, 0, ALLOW))
    filters = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code), ctypes.addressof(filters)))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert libc.prctl(PR_SET_SECCOMP, FILTER, program, 0, 0) == 0, os.strerror(ctypes.get_errno())


if __name__ == "__main__":
    forbid(*sys.argv[1].split(","))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 the words of a test
