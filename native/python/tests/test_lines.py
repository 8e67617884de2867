"""Exact bytes on exact lines, on every interpreter, in both details."""

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from interpreters import Interpreter
from running import LAUNCHER, PROGRAMS, environment, report, rows, summary, tracked

FIGURES = [f"{measure}_{what}" for measure in ("peak", "unfreed", "total") for what in ("bytes", "allocations")]


def line_of(program: Path, name: str) -> int:
    marked = [number for number, text in enumerate(program.read_text().split("\n"), 1) if text.endswith("  # " + name)]
    assert len(marked) == 1, f"{program.name} has {len(marked)} lines # {name}"
    return marked[0]


def row_of(all_rows: list[dict[str, Any]], program: Path, name: str, function: str = "") -> dict[str, Any]:
    line = line_of(program, name)
    found = [row for row in all_rows if row["file"] == str(program) and row["line"] == line]
    found = [row for row in found if function in ("", row["function"])]
    assert len(found) == 1, [(row["function"], row["total_bytes"]) for row in found]
    return found[0]


def function_name(interpreter: Interpreter, qualified: str) -> str:
    """Code objects have co_qualname since 3.11."""
    return qualified if interpreter.info >= (3, 11) else qualified.rpartition(".")[2]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "capture.alloclens"


def test_every_shape_of_code_has_its_bytes_on_its_line(interpreter: Interpreter, detail: str, capture: Path) -> None:
    program = PROGRAMS / "shapes.py"
    result = tracked(interpreter, [program], capture.parent, options=["--detail", detail])
    assert result.returncode == 0, result.stderr.decode()
    all_rows = rows(interpreter, capture)
    seen, wanted = {}, {}
    for name, (function, size, count, slack) in json.loads(result.stdout).items():
        row = row_of(all_rows, program, name, function_name(interpreter, function))
        seen[name] = (row["total_bytes"], row["total_allocations"])
        wanted[name] = (size, count)
        if slack and 0 <= row["total_bytes"] - size < slack and row["total_allocations"] >= count:
            seen[name] = wanted[name]
    assert seen == wanted

    kept = row_of(all_rows, program, "kept")
    assert (kept["unfreed_bytes"], kept["unfreed_allocations"]) == (3 * 500_033, 3)
    # The recursion is 5,000 frames deep, and counts its bytes once.
    line = line_of(program, "recursion")
    recursion = [row for row in all_rows if row["file"] == str(program) and row["line"] == line]
    assert [row["with_callees"]["total_bytes"] // 3_000_033 for row in recursion] == [1]
    deep = row_of(all_rows, program, "deep")
    assert deep["peak_bytes"] in (0, 3_000_033)

    totals = summary(interpreter, capture)
    assert {figure: sum(row[figure] for row in all_rows) for figure in FIGURES} == {f: totals[f] for f in FIGURES}
    assert [row["line"] for row in all_rows if row["file"] is None] == [None]
    for figure in FIGURES:
        assert sum(row["yours"][figure] for row in all_rows) == totals[figure]
    assert totals["exit_status"] == 0
    assert totals["complete"]
    assert totals["notes"] == []


def test_code_at_a_reused_address_is_told_apart(interpreter: Interpreter, detail: str, capture: Path) -> None:
    program = PROGRAMS / "recreated_code.py"
    assert tracked(interpreter, [program], capture.parent, options=["--detail", detail]).returncode == 0
    got = {(row["file"], row["line"], row["function"]): row["total_bytes"] for row in rows(interpreter, capture)}
    for number in range(1000):
        line = number % 7 + 1
        slack = 2_000 if detail == "objects" else 200  # names of the module and its dict
        assert 0 <= got[f"<module {number}>", line, "<module>"] - 70_033 < slack
        assert got[f"<function {number}>", line + 1, "made"] == 80_033


def test_numpy_arrays_are_on_the_lines_that_made_them(interpreter: Interpreter, detail: str, capture: Path) -> None:
    if interpreter.packages["numpy"] is None:
        pytest.skip(f"numpy has no wheel for Python {interpreter.version}")
    program = PROGRAMS / "arrays.py"
    assert tracked(interpreter, [program], capture.parent, options=["--detail", detail]).returncode == 0
    all_rows = rows(interpreter, capture)
    for name, size, count in (
        ("empty", 1_000_000, 10),
        ("zeros", 2_000_000, 10),
        ("ones", 4_000_000, 1),
        ("sum", 4_000_000, 1),
    ):
        # Besides the data: the array objects with their shapes, and what the first call of a function sets up.
        # Some of numpy's functions are Python code, whose lines are not yours.
        row = row_of(all_rows, program, name)["yours"]
        assert 0 <= row["total_bytes"] - size * count < 1_000 * count + 5_000, name
    for name in ("ones", "sum"):
        assert row_of(all_rows, program, name)["yours"]["unfreed_bytes"] >= 4_000_000
    assert row_of(all_rows, program, "empty")["unfreed_bytes"] < 1_000


@pytest.mark.parametrize(("how", "status"), [("error", 1), ("exit", 3)])
def test_an_ended_program_has_its_status_and_bytes(
    interpreter: Interpreter, detail: str, capture: Path, how: str, status: int
) -> None:
    program = PROGRAMS / "ends_early.py"
    result = tracked(interpreter, [program, how], capture.parent, options=["--detail", detail])
    assert result.returncode == status
    check_bytes(interpreter, capture, program)
    totals = summary(interpreter, capture)
    assert (totals["exit_status"], totals["complete"]) == (status, True)


@pytest.mark.parametrize(("how", "signaled"), [("_exit", 0), ("abort", signal.SIGABRT)])
def test_nothing_is_lost_when_the_process_just_ends(
    interpreter: Interpreter, detail: str, capture: Path, how: str, signaled: int
) -> None:
    program = PROGRAMS / "ends_early.py"
    result = tracked(interpreter, [program, how], capture.parent, options=["--detail", detail])
    assert result.returncode == (-signaled if signaled else 7)
    check_bytes(interpreter, capture, program)
    assert summary(interpreter, capture)["exit_status"] in ((None,) if signaled else (None, 7))


def test_nothing_is_lost_when_the_process_is_killed(interpreter: Interpreter, detail: str, capture: Path) -> None:
    program = PROGRAMS / "ends_early.py"
    launch: list[str | Path] = [
        interpreter.python,
        LAUNCHER,
        "run",
        "-q",
        "-o",
        capture,
        "--detail",
        detail,
        program,
        "wait",
    ]
    with subprocess.Popen(launch, stdout=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        check_bytes(interpreter, capture, program)  # a capture can be read while it grows
        process.kill()
    check_bytes(interpreter, capture, program)
    totals = summary(interpreter, capture)
    assert (totals["exit_status"], totals["complete"], totals["damage"]) == (None, False, None)
    assert totals["notes"] != []


def check_bytes(interpreter: Interpreter, capture: Path, program: Path) -> None:
    all_rows: list[dict[str, Any]] = report(interpreter, "lines", capture)["rows"]
    kept = row_of(all_rows, program, "kept")
    assert [kept[figure] for figure in FIGURES] == [50 * 100_033, 50] * 3
    freed = row_of(all_rows, program, "freed")
    assert [freed[figure] for figure in FIGURES if not figure.startswith("peak")] == [0, 0, 50 * 50_033, 50]


def test_coverage_and_cprofile_work_while_tracking_does(interpreter: Interpreter, detail: str, capture: Path) -> None:
    if interpreter.packages["coverage"] is None:
        pytest.skip(f"coverage has no wheel for Python {interpreter.version}")
    program = PROGRAMS / "observed.py"
    plain = subprocess.run(
        [interpreter.python, program], cwd=capture.parent, capture_output=True, env=environment(), check=True
    )
    ours = tracked(interpreter, [program], capture.parent, options=["--detail", detail])
    assert ours.returncode == 0, ours.stderr.decode()
    assert json.loads(ours.stdout) == json.loads(plain.stdout)
    assert json.loads(ours.stdout)["calls"]["leaf"] == 15
    assert line_of(program, "leaf") in json.loads(ours.stdout)["lines"]
    leaf = row_of(rows(interpreter, capture), program, "leaf")
    extra = leaf["total_bytes"] - (5 * 100_033 + 10 * 50_033)
    # What the observers themselves allocate while the line runs is on the line.
    assert 0 <= extra < 5_000


def test_greenlets_keep_their_own_stacks(interpreter: Interpreter, detail: str, capture: Path) -> None:
    if interpreter.packages["greenlet"] is None:
        pytest.skip(f"greenlet has no wheel for Python {interpreter.version}")
    program = PROGRAMS / "greenlets.py"
    result = tracked(interpreter, [program], capture.parent, options=["--detail", detail])
    assert result.returncode == 0, result.stderr.decode()
    all_rows = rows(interpreter, capture)
    for name, size, count in (("first", 300_033, 10), ("second", 400_033, 10), ("deep", 500_033, 10)):
        assert row_of(all_rows, program, name)["total_bytes"] == size * count, name
    # `second` calls down to `deep`; `first` only switches to it, so what `deep` asks for is not below `first`.
    assert row_of(all_rows, program, "down")["with_callees"]["total_bytes"] >= 500_033 * 10
    switch = [row for row in all_rows if row["file"] == str(program) and row["line"] == line_of(program, "switch")]
    assert sum(row["with_callees"]["total_bytes"] for row in switch) < 300_000


@pytest.mark.parametrize(("package", "name"), [("gevent", "switching"), ("debugpy", "debugged")])
def test_greenlets_of_gevent_and_code_under_debugpy_keep_their_own_stacks(
    interpreter: Interpreter, detail: str, capture: Path, package: str, name: str
) -> None:
    if interpreter.packages[package] is None:
        pytest.skip(f"{package} has no wheel for Python {interpreter.version}")
    program = PROGRAMS / f"{name}.py"
    result = tracked(interpreter, [program], capture.parent, options=["--detail", detail])
    assert result.returncode == 0, result.stderr.decode()
    all_rows = rows(interpreter, capture)
    marked = re.findall(r"  # (([a-z]+) (\d+))$", program.read_text(), re.MULTILINE)
    assert marked
    for mark, kind, size in marked:
        row = row_of(all_rows, program, mark)
        if kind == "below":
            assert 0 <= row["with_callees"]["total_bytes"] - int(size) < 300_000, mark
        else:
            assert row["total_bytes"] == int(size), mark
    turns = [n for n, text in enumerate(program.read_text().split("\n"), 1) if text.endswith("  # turn")]
    switches = [row for row in all_rows if row["file"] == str(program) and row["line"] in turns]
    assert sum(row["with_callees"]["total_bytes"] for row in switches) < 300_000


def test_a_forked_child_and_started_programs_leave_the_capture_alone(
    interpreter: Interpreter, detail: str, capture: Path
) -> None:
    program = PROGRAMS / "children.py"
    result = tracked(interpreter, [program], capture.parent, options=["--detail", detail])
    assert (result.returncode, result.stderr) == (0, b"")
    all_rows = rows(interpreter, capture)
    for name in ("before", "after"):
        assert row_of(all_rows, program, name)["total_bytes"] == 1_000_033
    line = line_of(program, "child")
    assert [row for row in all_rows if row["file"] == str(program) and row["line"] == line] == []
    assert summary(interpreter, capture)["complete"]


@pytest.mark.parametrize("detail", ["objects"])
def test_threads_and_functions_at_exit_are_tracked_and_the_end_is_before_modules_go(
    interpreter: Interpreter, detail: str, capture: Path
) -> None:
    program = PROGRAMS / "late.py"
    result = tracked(interpreter, [program], capture.parent, options=["--detail", detail])
    assert (result.returncode, result.stdout) == (0, b"thread\nexit\n")
    all_rows = rows(interpreter, capture)
    for name in ("thread", "exit", "module"):
        row = row_of(all_rows, program, name)
        assert row["unfreed_bytes"] == row["total_bytes"] == 1_000_033, name
