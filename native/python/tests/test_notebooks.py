"""Recording inside a notebook's kernel: a real one, driven as Jupyter does."""

import json
from pathlib import Path
from typing import Any

import environments
from interpreters import ITSELF, Interpreter
from running import PACKAGE_FOLDER, environment, rows, run, summary

CELLS = [
    "from alloclens import Capture, Tracker, region\ndef kept(size): return bytes(size)",
    "with Tracker('cell.alloclens'):\n    with region('first'):\n        a = kept(1_000_000)",
    "tracker = Tracker('cells.alloclens')\ntracker.start()",
    "b = kept(2_000_000)",
    "c = [kept(3_000_000) for _ in range(2)]",
    "tracker.stop()",
    "import asyncio\nasync with Tracker('awaited.alloclens'):\n    await asyncio.sleep(0)\n    d = kept(4_000_000)",
    "@Tracker('call-{n}.alloclens')\ndef work(): return kept(5_000_000)\nwork(), work();",
    "try:\n    with Tracker('failing.alloclens'):\n        kept(6_000_000)\n        1 / 0\nexcept Exception: pass",
    "print(sum(row['total_bytes'] for row in Capture('cells.alloclens').lines() if row['function'] == 'kept'))",
    "Tracker('left.alloclens').start()\ne = kept(7_000_000)",
]
DRIVER = """
import json, sys, nbclient, nbformat
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in json.loads(sys.argv[1])])
nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute()
print(json.dumps([[output.get("text", "") for output in cell.outputs] for cell in book.cells]))
"""


def kept_bytes(interpreter: Interpreter, capture: Path) -> int:
    return sum(row["total_bytes"] for row in rows(interpreter, capture) if row["function"] == "kept")


def test_cells_are_recorded_by_themselves_together_and_to_the_kernels_end(tmp_path: Path) -> None:
    python = environments.environment("kernels")
    interpreter = Interpreter(ITSELF.version, python, python, {})
    env = environment(PYTHONPATH=str(PACKAGE_FOLDER), IPYTHONDIR=str(tmp_path / "ipython"))
    result = run([python, "-c", DRIVER, json.dumps(CELLS)], tmp_path, env=env, timeout=240)
    assert result.returncode == 0, result.stderr.decode()
    outputs: list[list[Any]] = json.loads(result.stdout)
    assert outputs[-2] == [f"{2_000_033 + 2 * 3_000_033}\n"]
    sizes = {"cell": 1, "cells": 8, "awaited": 4, "call-1": 5, "call-2": 5, "failing": 6, "left": 7}
    for name, millions in sizes.items():
        capture = tmp_path / f"{name}.alloclens"
        assert kept_bytes(interpreter, capture) // 1_000_000 == millions, name
        told = summary(interpreter, capture)
        assert (told["complete"], told["notes"]) == (True, []), name
    # A line of a cell is a line of yours, in the file that the kernel compiled it as.
    [line] = [row for row in rows(interpreter, tmp_path / "cell.alloclens") if row["function"] == "kept"]
    assert (line["line"], line["origin"]) == (2, "yours")
