"""What the pytest plugin reports: to the terminal, to files, to the editor, and beside an earlier run."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from plugin_suite import Suite, outcomes
from running import PACKAGE_FOLDER


@pytest.mark.parametrize("option", ["--alloclens-json-report", "--alloclens-report-log"])
def test_a_report_that_cannot_be_written_is_refused_before_the_tests_run(suite: Suite, option: str) -> None:
    suite.write("def test_it(): pass\n")
    for path, sentence in (("test_it.py/report", "can't be made"), (".", "is a folder: name a file in it")):
        said = suite.run(option, path, ok=False)
        assert sentence in said
        assert "Traceback" not in said
        assert "test session starts" not in said


def test_the_report_shows_the_largest_tests(suite: Suite) -> None:
    suite.write("".join(f"def test_{n}(): grab({n + 1} << 20)\n" for n in range(7)))
    said = suite.run("--alloclens")
    assert [line for line in said.splitlines() if line.startswith("test_it.py::")] == [
        f"test_it.py::test_{n}" for n in (6, 5, 4, 3, 2)
    ]
    assert "ALLOCLENS REPORT" in said
    assert suite.run("--alloclens", "--most-allocations=0").count("test_it.py::test_") == 7
    assert suite.run("--alloclens", "--alloclens-hide-summary").count("test_it.py::test_") == 0
    assert "ALLOCLENS" not in suite.run()


def test_growth_beyond_the_allowed_percentage_fails(suite: Suite) -> None:
    test = "def test_it(): grab({size})\n"
    before, after = suite.folder / "before.json", suite.folder / "after.json"
    suite.write(test.format(size=1_000_000))
    suite.run("--alloclens", "--alloclens-json-report", before)
    suite.write(test.format(size=1_040_000))
    compared: list[str | Path] = ["--alloclens", "--alloclens-baseline", before, "--fail-on-increase"]
    suite.run(*compared, "5", "--alloclens-json-report", after)
    said = suite.run(*compared, "3", ok=False)
    assert "Test previously used 976.6KiB but now uses 1015.6KiB" in said
    assert outcomes(suite.run(*compared, "test_it.py", ok=False)) == "1 failed"  # pytest-memray's: a flag
    words: list[str | Path] = [
        sys.executable,
        PACKAGE_FOLDER / "alloclens" / "__main__.py",
        "tests",
        "--fail-on-increase",
        "3%",
        before,
        after,
    ]
    answer = subprocess.run(words, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert "| `test_it.py::test_it` | 976.6KiB | 1015.6KiB | +4.0% |" in answer.stdout


def test_growth_since_the_last_successful_run_fails_too(suite: Suite) -> None:
    suite.write("def test_it(): grab(1_000_000)\n")
    suite.run("--alloclens")
    suite.write("def test_it(): grab(1_000_100)\n")
    assert outcomes(suite.run("--alloclens", "--fail-on-increase", ok=False)) == "1 failed"
    suite.run("--alloclens")
    suite.run("--alloclens", "--fail-on-increase")


def test_the_report_log_tells_of_a_test_that_ends_pytest(suite: Suite) -> None:
    suite.write("import os\ndef test_it():\n    kept = grab(3 << 20)\n    os.abort()\n")
    log = suite.folder / "log.jsonl"
    suite.run("--alloclens", "--alloclens-bin-path", "captures", "--alloclens-report-log", log, ok=False)
    *_, start, setup = [json.loads(line) for line in log.read_text().splitlines()]
    assert (start["event"], start["id"], setup["when"]) == ("start", "test_it.py::test_it", "setup")
    assert Path(start["capture"]).exists()


@pytest.mark.parametrize("options", [[], ["-n2"]], ids=["alone", "xdist"])
def test_the_report_log_has_what_an_editor_shows(suite: Suite, options: Sequence[str]) -> None:
    suite.write(
        """
def fails(): raise KeyError("größe")
def test_wrong(): fails()
@pytest.mark.skip(reason="not now")
def test_skipped(): pass
@pytest.mark.limit_memory("1 MB")
def test_large(): grab(2 << 20)
@pytest.fixture
def broken(): raise OSError("no disk")
def test_setup(broken): pass
"""
    )
    log = suite.folder / "log.jsonl"
    suite.run("--alloclens", "--alloclens-report-log", log, *options, ok=False)
    events = [json.loads(line) for line in log.read_text().splitlines()]
    reports = {(event["id"].split("::")[1], event["when"]): event for event in events if event["event"] == "report"}
    file = str(suite.folder / "test_it.py")
    lines = Path(file).read_text().splitlines()
    wrong = reports["test_wrong", "call"]
    assert (wrong["file"], wrong["line"]) == (file, lines.index("def test_wrong(): fails()") + 1)
    assert wrong["message"] == "KeyError: 'größe'"
    assert wrong["trace"] == [[file, wrong["line"]], [file, lines.index('def fails(): raise KeyError("größe")') + 1]]
    assert reports["test_skipped", "setup"]["message"].endswith("not now")
    assert reports["test_setup", "setup"]["outcome"] == "failed"
    assert reports["test_large", "call"]["memory"]["places"][0]["frames"][0][0] == "grab"
    assert {id for id, when in reports if when == "teardown"} == {id for id, _ in reports}


def test_the_report_log_names_the_file_that_could_not_be_collected(suite: Suite) -> None:
    suite.write("\nimport absent_module\n")
    suite.write("\ndef test_it(:\n", "test_syntax.py")
    log = suite.folder / "log.jsonl"
    suite.run("--alloclens-report-log", log, ok=False)
    events = [json.loads(line) for line in log.read_text().splitlines()]
    errors = {error["file"]: error for error in events if error["event"] == "collect_error"}
    for name, line, text in (
        ("test_it.py", "import absent_module", "No module named 'absent_module'"),
        ("test_syntax.py", "def test_it(:", "SyntaxError"),
    ):
        file = suite.folder / name
        error = errors[str(file)]
        assert error["line"] == file.read_text().splitlines().index(line) + 1
        assert text in error["text"]
