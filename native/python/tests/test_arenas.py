"""pymalloc's arenas beside heap and resident memory, so that fragmentation can be seen."""

import re
from pathlib import Path

from interpreters import ITSELF, Interpreter
from running import report, run, summary, tracked

# One object in a thousand keeps its arena.
PROGRAM = """
import sys
sys._debugmallocstats()
kept = [bytes([n % 256]) * 200 for n in range(200_000)]
del kept[::2], kept[::2], kept[::2]
kept = [bytes(100 + n % 7) for n in range(100)], kept[::125]
sys._debugmallocstats()
"""
IN_USE = re.compile(rb"(\d+) arenas \* (\d+) bytes/arena")


def test_arenas_are_told_beside_the_heap_as_pymalloc_counts_them(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    # It tells nothing while other functions stand before pymalloc's, as ours do.
    plain = run([interpreter.python, "program.py"], tmp_path)
    [(before, size), (after, _)] = [(int(count), int(of)) for count, of in IN_USE.findall(plain.stderr)]
    assert tracked(interpreter, ["program.py"], tmp_path).returncode == 0
    told = summary(interpreter, tmp_path / "capture.alloclens")
    arenas = told["arenas"]
    assert abs(arenas["end_bytes"] - (after - before) * size) <= 2 * size  # what the runs do before and after
    assert arenas["peak_bytes"] >= 200_000 * 233
    assert told["unfreed_bytes"] < arenas["end_bytes"] / 4  # fragmented
    timeline = report(interpreter, "timeline", tmp_path / "capture.alloclens")
    assert max(timeline["arenas"]) == arenas["peak_bytes"]
    assert len(timeline["arenas"]) == len(timeline["times"])


def test_an_aggregate_tells_arenas_and_system_detail_counts_them_as_heap(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    assert tracked(ITSELF, ["program.py"], tmp_path, options=["--aggregate"]).returncode == 0
    told = summary(ITSELF, tmp_path / "capture.alloclens")
    assert told["arenas"]["peak_bytes"] >= 200_000 * 233
    assert max(report(ITSELF, "timeline", tmp_path / "capture.alloclens")["arenas"]) == told["arenas"]["peak_bytes"]
    assert tracked(ITSELF, ["program.py"], tmp_path, options=["--detail", "system"]).returncode == 0
    told = summary(ITSELF, tmp_path / "capture.alloclens")
    assert "arenas" not in told
    assert told["peak_bytes"] >= 200_000 * 233
