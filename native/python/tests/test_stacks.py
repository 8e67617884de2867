"""The right stack where one is easily got wrong: exact bytes on exact lines, on every interpreter."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from interpreters import Interpreter
from running import PACKAGE_FOLDER, PROGRAMS, Words, environment, rows, run, tracked
from test_lines import function_name, row_of


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "capture.alloclens"


def test_callbacks_watchers_threads_interpreters_and_deep_recursion_have_their_bytes_on_their_lines(
    interpreter: Interpreter, detail: str, capture: Path
) -> None:
    program = PROGRAMS / "stacks.py"
    result = tracked(interpreter, [program], capture.parent, options=["--detail", detail], timeout=300)
    assert result.returncode == 0, result.stderr.decode()
    all_rows = rows(interpreter, capture)
    expected = json.loads(result.stdout)

    # A recursion of 12,000 levels: what the levels below a line ask for is below it, and counts once.
    function, size, count, slack = expected.pop("level")
    level = row_of(all_rows, program, "level")
    below = level["with_callees"]
    assert level["function"] == function
    assert 0 <= below["total_bytes"] - size < slack
    assert below["total_allocations"] >= count

    seen, wanted = {}, {}
    for name, (function, size, count, slack) in expected.items():
        row = row_of(all_rows, program, name, function_name(interpreter, function))
        seen[name] = (row["total_bytes"], row["total_allocations"])
        wanted[name] = (size, count)
        if slack and 0 <= row["total_bytes"] - size < slack and row["total_allocations"] >= count:
            seen[name] = wanted[name]
    assert seen == wanted

    # Two runs in interpreters of their own, one in a thread. PyGILState knows only the first one before 3.12, and
    # without CPython's allocators that is who is asked: then the line that ran the other interpreter has the bytes.
    told_apart = detail == "objects" or interpreter.info >= (3, 12)
    in_another = [row for row in all_rows if row["function"] == "in_another_interpreter"]
    if told_apart:
        assert [(row["line"], row["total_bytes"], row["total_allocations"]) for row in in_another] == [
            (3, 5_600_660, 20)
        ]
    else:
        assert in_another == []
        assert row_of(all_rows, program, "interpreter")["total_bytes"] >= 5_600_660


@pytest.fixture(scope="session")
def native_threads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("native") / "native_threads.so"
    source = Path(__file__).parent / "helpers" / "native_threads.c"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-pthread", source, "-o", library], check=True)
    return library


def test_threads_that_ran_before_native_ones_and_the_end_of_the_interpreter_have_their_bytes_on_their_lines(
    interpreter: Interpreter, detail: str, capture: Path, native_threads: Path
) -> None:
    program = PROGRAMS / "late_start.py"
    words: Words = [interpreter.python, program, capture, detail, native_threads]
    result = run(words, capture.parent, env=environment(PYTHONPATH=str(PACKAGE_FOLDER)))
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    all_rows = rows(interpreter, capture)
    seen, wanted = {}, {}
    for name, size, count in re.findall(r"  # ([a-z]+) (\d+) (\d+)$", program.read_text(), re.MULTILINE):
        row = row_of(all_rows, program, f"{name} {size} {count}")
        seen[name] = (row["total_bytes"], row["total_allocations"])
        wanted[name] = (int(size) * int(count), int(count))
        slack = {"generated": 1_000, "own": 10_000}.get(name, 0)  # what resuming and ctypes take on the line
        if 0 <= row["total_bytes"] - wanted[name][0] < slack:
            seen[name] = wanted[name]
    assert seen == wanted
    # Three threads, five levels each: counted once a stack.
    outer = row_of(all_rows, program, "outer")["with_callees"]
    assert 0 <= outer["total_bytes"] - wanted["waited"][0] < 5_000
    # Between the calls of a native thread, in one that never calls in, and in a thread's last destructor.
    native = sum(row["total_bytes"] for row in all_rows if row["file"] is None)
    of_threads = 10 * 1_000_000 + 100 * 20_000 + 300_000
    assert 0 <= native - of_threads < 500_000
    # As the kernel knows them: one was named before its first event, one after its last.
    ask = (
        "import sys, alloclens; print([t['name'] for t in alloclens.Capture(sys.argv[1]).query('threads')['threads']])"
    )
    names = run(
        [interpreter.python, "-c", ask, capture], capture.parent, env=environment(PYTHONPATH=str(PACKAGE_FOLDER))
    )
    assert b"'calls in'" in names.stdout, names.stderr
    assert b"'stayed out'" in names.stdout
