"""`run --aggregate`: sums instead of events, the same figures, and a file that does not grow."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from interpreters import Interpreter
from running import LAUNCHER, Words, environment, report, rows, summary, tracked

# Every allocation is the same in each run, but for what the interpreter itself does now and then.
PROGRAM = """
import mmap
kept = []
def load(n):
    return bytes(n)
def work(rounds):
    for n in range(rounds):
        kept.append(load(10_000))
        text = bytearray(b"x" * 500)
        text += load(2_000)
        if n % 10 == 9: del kept[:5]
work(3000)
area = mmap.mmap(-1, 1_000_000)
kept.append(load(500_000))
del kept[:100]
"""

FIGURES = [f"{m}_{w}" for m in ("peak", "unfreed", "total", "temporary") for w in ("bytes", "allocations")]


def figures(interpreter: Interpreter, capture: Path) -> dict[Any, Any]:
    """Of the program's own lines."""
    found = {}
    for row in rows(interpreter, capture):
        # The import lists the folder, in which the captures lie.
        if row["file"] and row["file"].endswith("program.py") and row["line"] != 2:
            found[row["line"], row["function"]] = [row[name] for name in FIGURES] + [
                row["with_callees"][n] for n in FIGURES
            ]
    return found


def test_an_aggregate_has_the_figures_of_a_full_capture(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    assert tracked(interpreter, ["program.py"], tmp_path, output="full.alloclens").returncode == 0
    result = tracked(interpreter, ["program.py"], tmp_path, output="sums.alloclens", options=["--aggregate"])
    assert (result.returncode, result.stderr) == (0, b"")
    full, sums = tmp_path / "full.alloclens", tmp_path / "sums.alloclens"
    assert figures(interpreter, sums) == figures(interpreter, full)
    totals = summary(interpreter, sums)
    assert totals["aggregate"]
    assert totals["complete"]
    assert totals["notes"] == []
    whole = summary(interpreter, full)
    assert not whole["aggregate"]
    assert abs(totals["events"] - whole["events"]) < 100
    assert sums.stat().st_size < full.stat().st_size


ENDLESS = """
import itertools
kept = []
def load(n): return bytes(n)
for n in itertools.count():
    kept.append(load(1000))
    if n >= 1000: del kept[0]
"""


def test_an_aggregate_is_read_while_it_is_written_and_after_a_kill_and_does_not_grow(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    (tmp_path / "endless.py").write_text(ENDLESS)
    capture = tmp_path / "sums.alloclens"
    words: Words = [interpreter.python, LAUNCHER, "run", "-q", "--aggregate", "-o", capture, "endless.py"]
    with subprocess.Popen(words, cwd=tmp_path, env=environment()) as process:
        seen: list[int] = []
        sizes: list[int] = []
        deadline = time.monotonic() + 60
        while len(seen) < 3 and time.monotonic() < deadline:
            if capture.exists() and capture.stat().st_size > 64:
                totals = report(interpreter, "summary", capture)
                if totals["events"] > (seen[-1] if seen else 1000):
                    assert totals["ending"] == "running"
                    seen.append(totals["events"])
                    sizes.append(os.stat(capture).st_blocks * 512)
            time.sleep(0.05)
        assert len(seen) == 3
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
    totals = report(interpreter, "summary", capture)
    assert totals["ending"] == "killed"
    assert totals["events"] >= seen[-1]
    [line] = [row for row in rows(interpreter, capture) if row["function"] == "load"]
    assert line["unfreed_bytes"] in range(1000 * 1033, 1002 * 1033)
    assert os.stat(capture).st_blocks * 512 < 2 * max(sizes) + 100_000


def test_a_part_of_a_run_cannot_be_asked_of_an_aggregate(interpreter: Interpreter, tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(LAUNCHER.parent)!r})\n"
        "import _alloclens\n"
        'try: _alloclens.query(b\'capture.alloclens\', [b\'{"query":"summary","scope":{"from_s":0.1}}\'])\n'
        "except _alloclens.CaptureError as error: print(error)\n"
    )
    assert tracked(interpreter, ["-c", "x = [bytes(9)] * 99"], tmp_path, options=["--aggregate"]).returncode == 0
    said = subprocess.run(
        [interpreter.python, "-c", code], cwd=tmp_path, capture_output=True, check=True
    ).stdout.decode()
    assert "no events" in said


def test_a_limit_and_children_go_with_an_aggregate(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(
        "import os\nif os.fork() == 0: x = bytes(30_000_000)\nelse: print(os.wait()[1])\n"
    )
    options = ["--aggregate", "--memory-limit", "20MB", "--follow-children"]
    result = tracked(interpreter, ["parent.py"], tmp_path, options=options)
    assert result.stdout == b"9\n"
    totals = summary(interpreter, tmp_path / "capture.alloclens")
    [child] = totals["children"]
    own = summary(interpreter, tmp_path / child["capture"])
    assert own["aggregate"]
    assert own["memory_limit"]["reached"]["size_bytes"] == 30_000_033
