"""What is live by our account is what the C library says that it has handed out."""

import json
from pathlib import Path

import pytest
from interpreters import Interpreter
from running import LAUNCHER, run, tracked

PROGRAM = """
import ctypes
class Figures(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in names.split()]
libc = ctypes.CDLL(None)
try: libc.mallinfo2.restype = Figures
except AttributeError: raise SystemExit(77)
def handed_out():
    figures = libc.mallinfo2()
    return figures.uordblks + figures.hblkhd
before = handed_out()
kept = []
for n in range(20_000):
    kept.append(bytearray(1100 + n % 5000))
large = [bytearray(300_000 + n) for n in range(40)]
del kept[::3], large[::4]
print(handed_out() - before)
"""


def test_what_is_live_is_what_the_c_library_has_handed_out(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    result = tracked(interpreter, ["program.py"], tmp_path, options=["--detail", "system"])
    if result.returncode == 77:
        pytest.skip("this C library has no mallinfo2")
    handed_out = int(result.stdout)
    words = ["lines", "--json", *(f"--allocator={name}" for name in ("malloc", "calloc", "realloc"))]
    answer = json.loads(run([interpreter.python, LAUNCHER, *words, "capture.alloclens"], tmp_path).stdout)
    own = [row for row in answer["rows"] if (row["file"] or "").endswith("/program.py") and row["line"] >= 14]
    live, blocks = (sum(row[f"unfreed_{what}"] for row in own) for what in ("bytes", "allocations"))
    assert blocks > 13_000
    # A block has a header of 8 bytes, and its size is rounded up to 16; the C library rounds what it maps to pages, and
    # counts blocks in its caches as handed out.
    assert 0 <= handed_out - live <= 24 * blocks + 30 * 8192 + 100_000
