"""Which part of a line allocated, by the columns that Python 3.11 and later record."""

import json
from pathlib import Path
from typing import Any

import pytest
from interpreters import Interpreter
from running import PACKAGE_FOLDER, run, tracked

PROGRAM = """\
def make(size):
    return bytearray(size)

# Letters that take more than a byte stand before what is looked for.
kept = ["äöü"], bytearray(300_000), make(100_000)
total = sum(len(bytearray(size)) for size in (40_000, 50_000))
over = make(
    200_000
)
"""

ASK = """\
import sys
sys.path.insert(0, sys.argv[1])
from alloclens import _alloclens
print(_alloclens.query(sys.argv[2].encode(), [sys.argv[3].encode()])[0])
"""


def expressions(interpreter: Interpreter, capture: Path, program: Path) -> list[dict[str, Any]]:
    question = json.dumps({"query": "expressions", "file": str(program)})
    result = run([interpreter.python, "-c", ASK, PACKAGE_FOLDER, capture, question], capture.parent)
    assert result.returncode == 0, result.stderr.decode()
    rows: list[dict[str, Any]] = json.loads(result.stdout)["expressions"]
    return rows


def test_the_bytes_of_a_line_are_told_apart_by_expression(interpreter: Interpreter, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf8")
    result = tracked(interpreter, [program], tmp_path)
    assert result.returncode == 0, result.stderr.decode()
    rows = expressions(interpreter, tmp_path / "capture.alloclens", program)
    if interpreter.info < (3, 11):
        assert rows == []
        return
    lines = [line.encode() for line in PROGRAM.split("\n")]

    def bytes_of(code: str, line: int) -> int:
        found = [
            row["with_callees"]["total_bytes"]
            for row in rows
            if row["line"] == row["end_line"] == line
            and lines[line - 1][row["column"] : row["end_column"]] == code.encode()
        ]
        assert len(found) == 1, f"{code} on line {line} of {rows}"
        return int(found[0])

    assert bytes_of("bytearray(300_000)", 5) == pytest.approx(300_000, abs=200)
    assert bytes_of("make(100_000)", 5) == pytest.approx(100_000, abs=200)
    assert bytes_of("bytearray(size)", 6) == pytest.approx(90_000, abs=400)
    over = [(row["end_line"], row["end_column"]) for row in rows if row["line"] == 7]
    assert (9, 1) in over
