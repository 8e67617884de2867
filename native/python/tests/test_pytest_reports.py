"""What the pytest plugin reports: to the terminal, to files, to the editor, and beside an earlier run."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from interpreters import ITSELF
from plugin_suite import Suite, outcomes
from running import LAUNCHER, PACKAGE_FOLDER, run


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
    [(was, now)] = re.findall(r"Test previously used (\S+)KiB but now uses (\S+)KiB", said)
    assert (round(float(was)), round(float(now))) == (977, 1016)
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
    assert f"| `test_it.py::test_it` | {was}KiB | {now}KiB | +4.0% |" in answer.stdout


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


#: Each keeps nearly half an arena of small objects, so that some test needs a new one.
SMALL_OBJECTS = """
def make():
    def test(): KEPT.append([object() for _ in range(15_000)])
    return test
for number in range(6): globals()[f"test_{number}"] = make()
"""


def test_unchanged_tests_have_not_grown_whichever_needs_a_new_arena(suite: Suite) -> None:
    suite.write(SMALL_OBJECTS)
    suite.run("--alloclens-json-report", "before.json")
    suite.write("def test_first(): KEPT.append([object() for _ in range(15_000)])\n" + SMALL_OBJECTS)
    compared = ["--alloclens-baseline", "before.json", "--fail-on-increase", "1"]
    said = suite.run(*compared, "--alloclens-json-report", "after.json")
    assert outcomes(said) == "7 passed"
    assert "not compared" not in said
    assert ", 1 new" in compare(suite.folder, "--fail-on-increase", "1%", "before.json", "after.json")


def test_the_verdict_of_limit_memory_is_the_same_with_a_report_and_such_tests_are_not_compared(suite: Suite) -> None:
    suite.write(
        '@pytest.mark.limit_memory("2 MB")\n@pytest.mark.parametrize("n", [1])\n' + "def test_it(n): grab(100)\n"
    )
    suite.run("--alloclens-json-report", "before.json")
    said = suite.run(
        "--alloclens-baseline", "before.json", "--fail-on-increase", "1", "--alloclens-json-report", "a.json"
    )
    assert "1 test was not compared with an earlier run" in said
    tests = json.loads((suite.folder / "before.json").read_text())["tests"]
    assert [test["detail"] for test in tests.values()] == ["system"]
    said = suite.run("--alloclens-detail=system", "--fail-on-increase", "1", ok=False)
    assert "ERROR: --fail-on-increase can't compare figures of detail system" in said


def compare(folder: Path, *words: "str | Path", status: int = 0) -> str:
    answer = run([ITSELF.python, LAUNCHER, "tests", *words], folder)
    said = answer.stdout.decode() + answer.stderr.decode()
    assert answer.returncode == status, said
    assert "Traceback" not in said
    return said


def write_report(path: Path, peaks: "dict[str, int]", detail: str = "objects") -> Path:
    tests = {nodeid: {"detail": detail, "peak_bytes": peak, "outcome": "passed"} for nodeid, peak in peaks.items()}
    path.write_text(json.dumps({"format": 1, "alloclens": "1", "python": "3.12", "tests": tests}))
    return path


def test_reports_are_compared_where_pytest_is_not_installed(tmp_path: Path) -> None:
    before = write_report(tmp_path / "before.json", {"a": 1 << 20})
    after = write_report(tmp_path / "after.json", {"a": 2 << 20})
    words = f"sys.argv[1:] = ['tests', {str(before)!r}, {str(after)!r}]"
    hidden = (
        f"import runpy, sys; sys.modules['pytest'] = None; {words}; runpy.run_path({str(LAUNCHER)!r}, None, '__main__')"
    )
    answer = run([ITSELF.python, "-c", hidden], tmp_path)
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert b"+100.0%" in answer.stdout


def test_reports_of_other_details_are_told_not_to_be_comparable(tmp_path: Path) -> None:
    before = write_report(tmp_path / "before.json", {"a": 1 << 20, "b": 5000}, "system")
    after = write_report(tmp_path / "after.json", {"a": 2 << 20, "b": 5000})
    for other in (before, write_report(tmp_path / "other.json", {"a": 2 << 20, "b": 5000}, "system")):
        for later in (after, other) if other != before else (after,):
            said = compare(tmp_path, "--fail-on-increase", "10%", before, later, status=2)
            assert "| `a` | 1.0MiB | 2.0MiB | not comparable |" in said
            assert "0 unchanged, 2 not comparable" in said
            assert "alloclens: No test can be compared: that takes figures of detail objects on both sides." in said
    assert "not comparable" in compare(tmp_path, before, after)


def test_a_share_may_have_its_sign_and_is_never_negative(tmp_path: Path) -> None:
    before = write_report(tmp_path / "before.json", {"a": 100_000, "nothing": 0})
    after = write_report(tmp_path / "after.json", {"a": 105_000, "nothing": 184})
    for words, status in (("10", 0), ("10%", 0), ("4", 1), ("4.5 %", 1), ("-5", 2), ("5%%", 2), ("nan", 2), ("5MB", 2)):
        said = compare(tmp_path, "--fail-on-increase", words, before, after, status=status)
        assert ("is no percentage: write a number such as 5%" in said) == (status == 2)
    said = compare(tmp_path, "--fail-on-increase", "10", before, after)
    assert "| `nothing` | 0.0B | 184.0B | +184.0B |" in said
    compare(tmp_path, "--fail-on-increase", "0", before, after, status=1)


DAMAGED = [1, {"peak_bytes": "x", "detail": "objects"}, {"peak_bytes": 1}, {"peak_bytes": -1, "detail": "objects"}]


@pytest.mark.parametrize("entry", DAMAGED)
def test_a_damaged_report_is_refused_with_a_sentence(tmp_path: Path, entry: object) -> None:
    good = write_report(tmp_path / "good.json", {"a": 1})
    (tmp_path / "bad.json").write_text(json.dumps({"format": 1, "alloclens": "1", "tests": {"a": entry}}))
    assert "bad.json is damaged: a has no peak_bytes and detail. " in compare(tmp_path, good, "bad.json", status=2)


def test_the_table_of_changes_fits_into_a_comment(tmp_path: Path) -> None:
    ids = {f"test_it.py::test_{number}[{'|`x' * 900}]": 1000 * number for number in range(1, 400)}
    before = write_report(tmp_path / "before.json", {**ids, "small": 10_000, "same": 1})
    after = write_report(tmp_path / "after.json", {**dict.fromkeys(ids, 2), "small": 12_000, "same": 1})
    said = compare(tmp_path, "--fail-on-increase", "10", before, after, status=1)
    assert len(said) < 65_536
    assert said.splitlines()[2] == "| `small` | 9.8KiB | 11.7KiB | +20.0% |"
    assert "| and 350 more | | | |\n\n1 unchanged\n" in said
    row = said.splitlines()[3]
    assert row.startswith("| ``test_it.py::test_")
    assert row.count("``") == 2
    assert compare(tmp_path, "--limit", "1000", before, after).count("\n| ``") == 399


def test_a_run_without_tests_leaves_the_report_as_it_was(suite: Suite) -> None:
    suite.write("def test_it(): pass\n")
    (suite.folder / "base.json").write_text("precious")
    for words in (["--collect-only"], ["mistyped.py"]):
        said = suite.run("--alloclens-json-report", "base.json", *words, ok=None)
        assert (suite.folder / "base.json").read_text() == "precious"
        assert "alloclens: no test has run, so no report was written to " in said


def test_options_that_need_records_ask_for_them(suite: Suite) -> None:
    suite.write("def test_it(): grab(1 << 20)\n")
    suite.run("--json-report", "now.json")
    [test] = json.loads((suite.folder / "now.json").read_text())["tests"].values()
    assert test["peak_bytes"] >= 1 << 20
    assert test["capture"] is None  # it was temporary
    suite.run("--alloclens-bin-path", "captures", "--alloclens-json-report", "now.json", memray=True)
    [test] = json.loads((suite.folder / "now.json").read_text())["tests"].values()
    assert Path(test["capture"]).exists()
    suite.write("def test_it(): grab(2 << 20)\n")
    assert outcomes(suite.run("--fail-on-increase", "10", ok=False)) == "1 failed"
    said = suite.run("--alloclens-baseline", "now.json", ok=False)
    assert "ERROR: --alloclens-baseline is for --fail-on-increase: say by how much a peak may grow." in said
    assert "is no percentage" in suite.run("--fail-on-increase", "-5", ok=False)


def test_exactly_what_is_named_is_left_out(suite: Suite) -> None:
    suite.write(
        """
@pytest.mark.parametrize("n", [1, 12])
def test_a(n): pass
def test_ab(): pass
class TestA:
    def test_it(self): pass
class TestAB:
    def test_it(self): pass
"""
    )
    (suite.folder / "inner").mkdir()
    suite.write("def test_inner(): pass\n", "inner/test_inner.py")
    (suite.folder / "pytest.ini").write_text("[pytest]\n")
    (suite.folder / "link").symlink_to(".")
    for named, left in {
        "test_it.py::test_a": "4 passed, 2 deselected",
        "link/test_it.py::test_a[1]": "5 passed, 1 deselected",
        "test_it.py::TestA": "5 passed, 1 deselected",
        "inner": "5 passed, 1 deselected",
        "inne": "6 passed",
    }.items():
        words = ["--alloclens-deselect", f"{suite.folder}/{named}", "--ignore=link"]
        assert outcomes(suite.run(*words)) == left
