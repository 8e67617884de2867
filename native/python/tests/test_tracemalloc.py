"""tracemalloc beside us: it puts functions of its own before CPython's, and keeps tables in malloc's memory."""

from pathlib import Path

import pytest
from interpreters import Interpreter
from running import PACKAGE_FOLDER, Words, environment, run, summary

PROGRAM = """
import sys, tracemalloc
from alloclens import Tracker

def work():
    grown = []
    for i in range(3000):
        grown.append(bytes(700 + i % 50))  # larger than what pymalloc keeps itself
    del grown[::2]
    return grown, [[i, str(i)] for i in range(2000)]

def inside():
    kept = work()
    tracemalloc.start()
    more = work()
    del kept
    assert tracemalloc.get_traced_memory()[0] > 0
    tracemalloc.stop()
    del more

def around():
    kept = work()
    del kept

with_it = sys.argv[1] == "around"
if with_it: tracemalloc.start()
with Tracker("c.alloclens", detail=sys.argv[2]):
    {"inside": inside, "around": around}[sys.argv[1]]()
if with_it:
    assert tracemalloc.get_traced_memory()[0] > 0
    tracemalloc.stop()
work()
"""


@pytest.mark.parametrize("order", ["inside", "around"])
def test_tracemalloc_inside_and_around_a_recording_leaves_every_figure_exact(
    interpreter: Interpreter, detail: str, tmp_path: Path, order: str
) -> None:
    words: Words = [interpreter.python, "-c", PROGRAM, order, detail]
    result = run(words, tmp_path, env=environment(PYTHONPATH=str(PACKAGE_FOLDER)))
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    told = summary(interpreter, tmp_path / "c.alloclens")
    assert (told["complete"], told["lost_events"], told["notes"]) == (True, 0, [])
    assert told["total_bytes"] > 2_000_000
    if detail == "objects":
        # What tracemalloc keeps after its stop, and the interpreter of imports and of its free lists.
        assert told["unfreed_bytes"] < 50_000
