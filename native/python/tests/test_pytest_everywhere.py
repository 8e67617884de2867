"""The pytest plugin on every interpreter: all markers and options in one run each."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from interpreters import CACHE, Interpreter
from plugin_suite import OURS
from running import PACKAGE_FOLDER, run
from running import environment as plain_environment

SUITE = """
import asyncio, unittest, warnings
import pytest

KEPT = []
def grab(size): return b"x" * (size - 33)

@pytest.mark.limit_memory("1 MB")
@pytest.mark.parametrize("size", [(1 << 20) - 1, 1 << 20])
def test_peak(size): grab(size)

@pytest.mark.limit_leaks("1 MB")
@pytest.mark.parametrize("size", [(1 << 20) - 1, 1 << 20])
def test_leak(size): KEPT.append(grab(size))

@pytest.mark.limit_leaks("1 MB", filter=lambda stack: stack.frames[0].function != "grab")
def test_known_leak(): KEPT.append(grab(2 << 20))

class TestUnit(unittest.TestCase):
    @pytest.mark.limit_memory("1 MB")
    def test_it(self): grab(2 << 20)

class TestWaits(unittest.IsolatedAsyncioTestCase):
    @pytest.mark.limit_memory("1 MB")
    async def test_it(self):
        await asyncio.sleep(0)
        grab(2 << 20)

@pytest.fixture
def large():
    yield grab(3 << 20)

def test_fixture(large): pass

def test_wrong(): assert grab(100) is None
@pytest.mark.skip
def test_skipped(): pass
@pytest.mark.xfail
def test_expected(): assert False
"""


def pytest_for(interpreter: Interpreter) -> Path:
    """A folder with a pytest that this interpreter can import; made once."""
    folder = CACHE / "pytest" / interpreter.version
    if not (folder / "pytest").exists():
        with_python: "list[str | Path]" = ["--python", interpreter.python]
        # 3.15 cannot run every pip yet, and takes what its own Python would.
        words = [] if interpreter.info >= (3, 15) else with_python
        pip: "list[str | Path]" = [sys.executable, "-m", "pip", *words]
        options = ["-qq", "--disable-pip-version-check", "--only-binary=:all:", "--target", str(folder)]
        if subprocess.run([*pip, "install", *options, "pytest"], check=False).returncode != 0:
            pytest.skip(f"pytest for Python {interpreter.version} can't be had")
    return folder


def test_markers_and_options_hold_on_every_interpreter(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(SUITE)
    env = plain_environment(PYTHONPATH=f"{PACKAGE_FOLDER}:{pytest_for(interpreter)}", COLUMNS="200")
    pytest_words: "list[str | Path]" = [
        interpreter.base,
        "-m",
        "pytest",
        *OURS,
        "-p",
        "no:cacheprovider",
    ]
    options = ["--alloclens", "--most-allocations=0", "--stacks=2", "--alloclens-bin-path=captures"]
    files = ["--alloclens-json-report=now.json", "--alloclens-report-log=log.jsonl"]
    answer = run([*pytest_words, *options, *files, "-k", "not fixture"], tmp_path, env=env)
    said = answer.stdout.decode() + answer.stderr.decode()
    assert answer.returncode == 1, said
    assert re.search(r"^=+ 5 failed, 3 passed, 1 skipped, 1 deselected, 1 xfailed in", said, re.MULTILINE), said
    assert "Test was limited to 1.0MiB but allocated 2.0MiB" in said
    tests = json.loads((tmp_path / "now.json").read_text())["tests"]
    failed = {name.partition("::")[2] for name, test in tests.items() if "problem" in test}
    assert failed == {"test_peak[1048576]", "test_leak[1048576]", "TestUnit::test_it", "TestWaits::test_it"}
    assert len(list((tmp_path / "captures").iterdir())) == len(tests) == 9
    events = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [event["event"] for event in events[:2]] == ["begin", "collected"]
    assert events[-1] == {"event": "end", "exit_status": 1}
    told = {event["id"]: event["memory"] for event in events if event["event"] == "report" and "memory" in event}
    assert told == tests

    counted = ["--alloclens", "--alloclens-json-report=fixture.json", "-k", "fixture"]
    for more in ([], ["--alloclens-fixtures"]):
        assert run([*pytest_words, *counted, *more], tmp_path, env=env).returncode == 0
        [test] = json.loads((tmp_path / "fixture.json").read_text())["tests"].values()
        assert (test["peak_bytes"] >= 3 << 20) == bool(more)
