"""Tracking starts and stops many times in a process, without the launcher, and leaves it as it found it."""

import json
from pathlib import Path

from interpreters import Interpreter
from running import PACKAGE_FOLDER, rows, run, summary

PROGRAM = """
import ctypes, json, os, sys
sys.path.insert(0, sys.argv[1])
from alloclens import _alloclens

def look():
    "What tracking changes while it lasts."
    allocators = []
    for domain in range(3):
        functions = (ctypes.c_void_p * 5)()
        ctypes.pythonapi.PyMem_GetAllocator(domain, functions)
        allocators.append(list(functions))
    code_type = (ctypes.c_void_p * 16).in_dll(ctypes.pythonapi, "PyCode_Type")
    libc = ctypes.CDLL(None)
    names = ("malloc", "free", "mmap", "_exit", "dlopen")
    with open("/proc/self/status") as status:
        signals = [line for line in status if line.startswith(("SigBlk", "SigIgn", "SigCgt", "Threads"))]
    found = [ctypes.cast(getattr(libc, name), ctypes.c_void_p).value for name in names]
    return [allocators, list(code_type)[6], found, signals, sorted(os.listdir("/proc/self/fd"))]

look()
before = look()
during = []
for i in range(20):
    problem = _alloclens.start([b"path", b"%d.alloclens" % i, b"detail", sys.argv[2].encode()])
    assert problem == "", problem
    kept = bytes(1_000_000 + i)
    during.append(look() != before)
    problem = _alloclens.stop()
    assert problem == "", problem
print(json.dumps([all(during), look() == before]))
"""


def test_tracking_many_times_leaves_the_process_as_it_was(
    interpreter: Interpreter, detail: str, tmp_path: Path
) -> None:
    result = run([interpreter.python, "-c", PROGRAM, PACKAGE_FOLDER, detail], tmp_path)
    assert result.returncode == 0, result.stderr.decode()
    assert json.loads(result.stdout) == [True, True]
    for i in (0, 19):
        capture = tmp_path / f"{i}.alloclens"
        assert summary(interpreter, capture)["complete"]
        sizes = [row["unfreed_bytes"] - 1_000_033 - i for row in rows(interpreter, capture)]
        assert sum(0 <= size < 1000 for size in sizes) == 1
