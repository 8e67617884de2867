"""The right stack where one is easily got wrong: exact bytes on exact lines, on every interpreter."""

import json
from pathlib import Path

import pytest
from interpreters import Interpreter
from running import PROGRAMS, rows, tracked
from test_lines import function_name, line_of, row_of


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
