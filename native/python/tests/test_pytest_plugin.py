"""The pytest plugin beside others: captures of tests, other processes, other recordings, pytest-memray."""

import json
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from interpreters import CACHE
from plugin_suite import OURS, Suite, outcomes
from running import PACKAGE_FOLDER
from running import environment as plain_environment

HELPERS = Path(__file__).parent / "helpers"


def test_a_test_whose_capture_is_destroyed_fails_alone(suite: Suite) -> None:
    suite.write(
        """
import os
from pathlib import Path
def destroy():
    for path in Path("captures").iterdir(): os.truncate(path, 0)
@pytest.mark.limit_memory("1 MB")
def test_limited(): destroy()
@pytest.mark.limit_memory("1 MB")
def test_deleted():
    for path in Path("captures").iterdir(): path.unlink()
def test_unlimited(): destroy()
def test_after(): pass
"""
    )
    said = suite.run("--alloclens", "--alloclens-bin-path", "captures", "-p", "no:warnings", ok=False)
    assert outcomes(said) == "2 failed, 2 passed"
    assert said.count("\nThe test's limit can't be checked: ") == 2
    assert "ended its process" not in said


def test_inside_another_recording_limits_are_not_checked_and_the_summary_says_so(suite: Suite) -> None:
    suite.write(
        """
@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.limit_memory("1 MB")
def test_it(size): grab(size << 20)
"""
    )
    launcher = PACKAGE_FOLDER / "alloclens" / "__main__.py"
    launch: list[str | Path] = [suite.python, launcher, "run", "-q", "-o", "c.alloclens"]
    answer = subprocess.run(
        [*launch, "-m", "pytest", *OURS, "-p", "no:memray"],
        cwd=suite.folder,
        env=plain_environment(PYTHONPATH=str(PACKAGE_FOLDER), COLUMNS="200"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert outcomes(answer.stdout) == "2 passed"
    assert answer.stdout.count("2 tests were not recorded and no limit of theirs was checked") == 1


@pytest.mark.parametrize("options", [["-n2"], ["--forked"]], ids=["xdist", "forked"])
def test_tests_in_other_processes_are_judged_and_reported_alike(suite: Suite, options: Sequence[str]) -> None:
    suite.write(
        """
@pytest.mark.limit_memory("1 MB")
@pytest.mark.parametrize("size", [1, 3])
def test_it(size): grab(size << 19)
"""
    )
    said = suite.run("--alloclens", *options, ok=False)
    assert outcomes(said) == "1 failed, 1 passed"
    assert "test_it.py::test_it[3]\n  peak 1.5MiB in 1 blocks" in said


@pytest.mark.parametrize("options", [["-n1"], ["--forked"]], ids=["xdist", "forked"])
def test_a_test_that_ends_its_process_keeps_its_capture(suite: Suite, options: Sequence[str]) -> None:
    suite.write("import os\ndef test_it():\n    kept = grab(3 << 20)\n    os.abort()\n")
    said = suite.run("--alloclens", "--alloclens-bin-path", "captures", *options, ok=False)
    [capture] = (suite.folder / "captures").glob("*-test_it.py-test_it.alloclens")
    assert f"what it had recorded is kept: {capture}" in said
    words: list[str | Path] = [
        sys.executable,
        PACKAGE_FOLDER / "alloclens" / "__main__.py",
        "summary",
        "--json",
        capture,
    ]
    summary = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    assert summary["peak_bytes"] >= 3 << 20


def test_one_capture_a_test_with_a_safe_name(suite: Suite) -> None:
    suite.write('@pytest.mark.parametrize("text", ["a/b", "ü" * 200, "x" * 400])\ndef test_it(text): grab(100)\n')
    said = suite.run("--alloclens", "--alloclens-bin-path", "captures", "--alloclens-bin-prefix", "P")
    names = [path.name for path in (suite.folder / "captures").iterdir()]
    assert len(names) == 3
    assert all(name.startswith("P-test_it.py-test_it[") and len(name.encode()) <= 255 for name in names)
    assert f"Created 3 captures at {suite.folder / 'captures'} with prefix P" in said


def test_every_test_has_a_capture_of_its_own_whatever_its_name(suite: Suite) -> None:
    suite.write(
        """
SIZES = {"/": 3, "-": 1, "::": 2, "a/b": 4, "a-b": 1}
@pytest.mark.limit_memory("1 MB")
@pytest.mark.parametrize("text", SIZES)
def test_it(text): grab(SIZES[text] << 19)
"""
    )
    folder, report = suite.folder / "captures", suite.folder / "report.json"
    options: list[str | Path] = ["--alloclens", "--alloclens-bin-path", folder, "--alloclens-json-report", report]
    for processes in ([], ["-n2"]):
        said = suite.run("-rA", *options, *processes, ok=False)
        failed = {line.split("[")[1].split("]")[0] for line in said.splitlines() if line.startswith("MEMORY PROBLEMS ")}
        assert failed == {"/", "::", "a/b"}
        tests = json.loads(report.read_text())["tests"].values()
        assert len({test["capture"] for test in tests}) == 5
        assert said.count("grab:") >= 8  # a place of each failure, and of each test in the report


def test_with_pytest_memray_each_acts_on_its_own_options_and_says_which(suite: Suite) -> None:
    suite.write('@pytest.mark.limit_memory("1 MB")\ndef test_it(): grab(2 << 20)\n')
    said = suite.run(memray=True, ok=False)
    assert "alloclens: pytest-memray records the tests" in said
    assert "memray-max-memory" in said
    said = suite.run("--alloclens", memray=True, ok=False)
    assert "alloclens: records the tests and checks their limits; pytest-memray stands aside" in said
    assert "alloclens-max-memory" in said
    assert "memray-max-memory" not in said
    assert "give one of them" in suite.run("--alloclens", "--memray", memray=True, ok=False)
    suite.write("def test_it(): grab(2 << 20)\n")
    suite.run("--alloclens", memray=True)
    assert outcomes(suite.run("--alloclens", "--fail-on-increase", "10%", memray=True)) == "1 passed"
    suite.write("def test_it(): grab(3 << 20)\n")
    assert outcomes(suite.run("--alloclens", "--fail-on-increase", "10", memray=True, ok=False)) == "1 failed"
    assert outcomes(suite.run("--alloclens-fail-on-increase=10", memray=True, ok=False)) == "1 failed"


def test_a_suite_that_names_memrays_option_can_be_recorded_by_ours(suite: Suite) -> None:
    suite.write("def test_it(): pass\n")
    (suite.folder / "pytest.ini").write_text("[pytest]\naddopts = --memray\n")
    assert "give one of them" in suite.run("--alloclens", memray=True, ok=False)
    assert "ALLOCLENS REPORT" in suite.run("--alloclens")


def test_without_a_limit_or_option_nothing_is_recorded(suite: Suite) -> None:
    suite.write("import sys\ndef test_it(): assert 'alloclens._alloclens' not in sys.modules\n")
    suite.run()


#: Of pytest-memray's own tests: those that look at what it calls memray with, at its files of metadata, and at
#: functions of Cython, which only a profile hook sees as Python's.
NOT_OURS = [
    "test_memray_report_limit_number_stacks",
    "test_memray_report_native",
    "test_memray_report_python_allocators",
    "test_bin_path",
    "test_bin_path_with_long_test_id",
    "test_bin_path_with_long_test_id_and_long_prefix",
]


def test_the_suite_of_pytest_memray_passes_with_our_plugin_in_its_place(suite: Suite) -> None:
    sources = CACHE / "sdists"
    if not list(sources.glob("pytest_memray-*.tar.gz")):
        words: list[str | Path] = [
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "--no-binary",
            "pytest-memray",
            "-d",
            sources,
            "pytest-memray",
        ]
        if subprocess.run([suite.python, *words], check=False).returncode != 0:
            pytest.skip("the source of pytest-memray can't be had")
    [archive] = sources.glob("pytest_memray-*.tar.gz")
    with tarfile.open(archive) as file:
        names = [
            name for name in file.getnames() if name.endswith(("tests/test_pytest_memray.py", "tests/conftest.py"))
        ]
        assert len(names) == 2
        for name in names:
            member = file.extractfile(name)
            assert member is not None
            (suite.folder / Path(name).name).write_bytes(member.read())
    answer = subprocess.run(
        [
            suite.python,
            "-m",
            "pytest",
            "-q",
            "-n2",
            "-k",
            "not (" + " or ".join(NOT_OURS) + ")",
            "test_pytest_memray.py",
        ],
        cwd=suite.folder,
        env=plain_environment(
            PYTHONPATH=f"{HELPERS / 'memray_suite'}:{PACKAGE_FOLDER}",
            PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
            PYTEST_PLUGINS="alloclens.pytest_plugin,xdist.plugin,flaky.flaky_pytest_plugin,anyio.pytest_plugin",
        ),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout
