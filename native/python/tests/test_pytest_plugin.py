"""The pytest plugin: limits to the byte, every option, and beside other plugins."""

import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from environments import environment as plugin_environment
from interpreters import CACHE
from running import PACKAGE_FOLDER
from running import environment as plain_environment

HELPERS = Path(__file__).parent / "helpers"
HEADER = 33  # of a bytes object

GRAB = """
import pytest
KEPT = []
def grab(size):
    return b"x" * (size - 33)
"""


class Suite:
    """A folder of tests, and pytest with our plugin in an environment that has the others, too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = plugin_environment("plugins")

    def write(self, test: str, name: str = "test_it.py") -> None:
        (self.folder / name).write_text(GRAB + test)

    def run(self, *words: "str | Path", memray: bool = False, ok: "bool | None" = True) -> str:
        options = ["-p", "alloclens.pytest_plugin"] + ([] if memray else ["-p", "no:memray"])
        path = f"{PACKAGE_FOLDER}"
        answer = subprocess.run(
            [self.python, "-m", "pytest", *options, *words],
            cwd=self.folder,
            # Without bytecode: a test that is written anew in the same second would run as it was.
            env=plain_environment(PYTHONPATH=path, COLUMNS="200", PYTHONDONTWRITEBYTECODE="1"),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ok is None or (answer.returncode == 0) is ok, answer.stdout + answer.stderr
        return answer.stdout + answer.stderr


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return Suite(tmp_path)


def outcomes(said: str) -> str:
    [counts] = re.findall(r"^=+ (.*) in [\d.]+s", said, re.MULTILINE)
    return str(counts)


def test_limits_are_exact_to_the_byte(suite: Suite) -> None:
    suite.write(
        """
import threading
@pytest.mark.parametrize("size", [(1 << 20) - 1, 1 << 20, (1 << 20) + 1])
@pytest.mark.limit_memory("1 MB")
def test_peak(size):
    for _ in range(3): grab(size)

@pytest.mark.parametrize("size", [(1 << 20) - 1, 1 << 20])
@pytest.mark.limit_leaks("1 MB")
def test_leak(size):
    KEPT.append(grab(size))

@pytest.mark.parametrize("size", [1000 << 10, 1 << 20])  # starting a thread allocates a little
@pytest.mark.limit_memory("1 MB", current_thread_only=True)
def test_own_thread(size):
    thread = threading.Thread(target=grab, args=(5 << 20,))
    thread.start()
    thread.join()
    grab(size)
"""
    )
    said = suite.run("-rA", ok=False)
    failed = {line.split(" ")[2] for line in said.splitlines() if line.startswith("MEMORY PROBLEMS ")}
    assert failed == {
        "test_it.py::test_peak[1048576]",
        "test_it.py::test_peak[1048577]",
        "test_it.py::test_leak[1048576]",
        "test_it.py::test_own_thread[1048576]",
    }
    assert outcomes(said) == "4 failed, 3 passed"
    assert "Test was limited to 1.0MiB but allocated 1.0MiB" in said


LEAKS = """
import ctypes, gc
CACHE = {}
def cached(key):
    CACHE[key] = grab(300_000)  # cache
@pytest.mark.limit_leaks("1 MB")
def test_cache():
    for key in range(10): cached(key)

class Cycle:
    def __init__(self):
        self.me = self
        self.data = grab(300_000)  # cycle
    def __del__(self): pass
@pytest.fixture
def without_collector():
    gc.disable()
    yield
    gc.enable()
@pytest.mark.limit_leaks("1 MB")
def test_cycle(without_collector):
    for _ in range(10): Cycle()
@pytest.mark.limit_leaks("1 MB")
def test_collected():
    for _ in range(10): Cycle()

@pytest.mark.limit_leaks("1 MB")
def test_native():
    malloc = ctypes.CDLL(None).malloc
    malloc.argtypes, malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
    for _ in range(10): malloc(300_000)  # native

def handle(request): request["seen"].append(grab(300_000))  # request
@pytest.mark.limit_leaks("1 MB")
def test_request():
    seen = []
    KEPT.append(seen)
    for _ in range(10): handle({"seen": seen})

@pytest.mark.limit_leaks("1 MB", filter=lambda stack: "cached" not in [frame.function for frame in stack.frames])
def test_filtered():
    for key in range(10, 20): cached(key)
"""


def test_a_leak_is_found_and_shown_at_its_line(suite: Suite) -> None:
    suite.write(LEAKS)
    report = suite.folder / "report.json"
    said = suite.run("--alloclens-json-report", report, ok=False)
    assert outcomes(said) == "4 failed, 2 passed"
    text = (suite.folder / "test_it.py").read_text().splitlines()
    tests = json.loads(report.read_text())["tests"]
    for name in ("cache", "cycle", "native", "request"):
        line = next(number for number, words in enumerate(text, 1) if words.endswith(f"# {name}"))
        assert f"test_it.py:{line}\n" in said
        [place, *_] = tests[f"test_it.py::test_{name}"]["places"]
        assert place["bytes"] >= 3_000_000
        assert [str(suite.folder / "test_it.py"), line] in [frame[1:] for frame in place["frames"]]


def test_native_frames_of_a_leak_are_shown_when_asked_for(suite: Suite) -> None:
    suite.write(
        """
import ctypes
@pytest.mark.limit_leaks("1 MB")
def test_copy(): ctypes.CDLL(None).strdup(b"x" * 2_000_000)
"""
    )
    report = suite.folder / "report.json"
    for words in ([], ["--native"]):
        said = suite.run("--alloclens-json-report", report, *words, ok=False)
        [place, *_] = json.loads(report.read_text())["tests"]["test_it.py::test_copy"]["places"]
        assert 2_000_001 <= place["bytes"] < 2_010_000  # what ctypes keeps is on the same line
        functions = [function for function, _, _ in place["frames"]]
        assert "test_copy" in functions
        assert any(function.endswith("strdup") for function in functions) == bool(words), functions
        assert ("strdup:" in said) == bool(words), said


def test_a_filter_that_fails_fails_its_test_alone(suite: Suite) -> None:
    suite.write(
        """
@pytest.mark.limit_leaks("1 MB", filter=lambda stack: stack.frame)
def test_broken(): KEPT.append(grab(1 << 20))
@pytest.mark.limit_leaks("1 MB", filter=lambda stack: pytest.fail("never"))
def test_failing(): KEPT.append(grab(1 << 20))
def test_after(): pass
"""
    )
    said = suite.run(ok=False)
    assert outcomes(said) == "2 failed, 1 passed"
    assert "The filter of limit_leaks failed, so the test's leaks can't be judged: AttributeError: " in said
    assert "can't be judged: Failed: never" in said


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


WRONG = {
    '"5 MB", foo=1': "limit_memory takes no foo: write limit_memory(limit, *, current_thread_only=False).",
    '"5 MB", True': "limit_memory takes no True: write",
    "5": "The limit of limit_memory is a size such as '50 MB', not 5: write",
    '"5 MBfoo"': "Invalid memory size format: 5 MBfoo.",
}


def test_a_marker_that_cannot_be_understood_fails_its_test_with_a_sentence(suite: Suite) -> None:
    marked = (f"@pytest.mark.limit_memory({words})\ndef test_{n}(): pass\n" for n, words in enumerate(WRONG))
    suite.write("".join(marked))
    said = suite.run(ok=False)
    assert outcomes(said) == "4 failed"
    for sentence in WRONG.values():
        assert f"\n{sentence}" in said
    assert "alloclens/" not in said


@pytest.mark.parametrize("option", ["--alloclens-json-report", "--alloclens-report-log"])
def test_a_report_that_cannot_be_written_is_refused_before_the_tests_run(suite: Suite, option: str) -> None:
    suite.write("def test_it(): pass\n")
    for path, sentence in (("test_it.py/report", "can't be made"), (".", "is a folder: name a file in it")):
        said = suite.run(option, path, ok=False)
        assert sentence in said
        assert "Traceback" not in said
        assert "test session starts" not in said


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
        [*launch, "-m", "pytest", "-p", "alloclens.pytest_plugin", "-p", "no:memray"],
        cwd=suite.folder,
        env=plain_environment(PYTHONPATH=str(PACKAGE_FOLDER), COLUMNS="200"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert outcomes(answer.stdout) == "2 passed"
    assert answer.stdout.count("2 tests were not recorded and no limit of theirs was checked") == 1


def test_every_style_of_test_is_judged_alike(suite: Suite) -> None:
    suite.write(
        """
import asyncio, unittest
limited = pytest.mark.limit_memory("1 MB")
class TestUnit(unittest.TestCase):
    @limited
    def test_it(self): grab(2 << 20)
class TestAsyncUnit(unittest.IsolatedAsyncioTestCase):
    @limited
    async def test_it(self): grab(2 << 20)
class TestClass:
    @limited
    def test_it(self): grab(2 << 20)
@limited
@pytest.mark.asyncio
async def test_asyncio():
    await asyncio.sleep(0)
    grab(2 << 20)
@limited
@pytest.mark.anyio
async def test_anyio(anyio_backend): grab(2 << 20)
@pytest.fixture
def anyio_backend(): return "asyncio"
@pytest.fixture
def large(): return grab(2 << 20)
@limited
def test_a_fixture_is_not_counted(large): pass
@limited
@pytest.mark.skip
def test_skipped(): pass
@limited
def test_that_fails_anyway(): assert grab(2 << 20) is None
"""
    )
    said = suite.run(ok=False)
    assert outcomes(said) == "6 failed, 1 passed, 1 skipped"
    assert said.count("MEMORY PROBLEMS ") == 5
    assert outcomes(suite.run("--alloclens-fixtures", "-k", "not_counted", ok=False)) == "1 failed, 7 deselected"


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


def test_limits_and_activation_may_stand_in_the_ini_file(suite: Suite) -> None:
    suite.write('def test_it(): grab(2 << 20)\n@pytest.mark.limit_memory("3 MB")\ndef test_own(): grab(2 << 20)\n')
    ini = suite.folder / "pytest.ini"
    ini.write_text("[pytest]\nalloclens = true\nalloclens_limit_memory = 1 MB\n")
    said = suite.run(ok=False)
    assert "ALLOCLENS REPORT" in said
    assert outcomes(said) == "1 failed, 1 passed"
    ini.write_text("[pytest]\nmemray = true\nstacks = 3\nmost_allocations = 1\n")
    said = suite.run()
    assert "MEMRAY REPORT" in said
    assert said.count("Allocation results for ") == 1


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
        "3",
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


def test_tests_may_pretend_another_interpreter(suite: Suite) -> None:
    suite.write(
        """
import sys, types
@pytest.fixture
def other(monkeypatch):
    pretended = types.SimpleNamespace(**{**vars(sys.implementation), "name": "other"})
    monkeypatch.setattr(sys, "implementation", pretended)
def test_from_a_fixture(other): assert sys.implementation.name == "other"
def test_inside(request): request.getfixturevalue("other")
def test_after(): assert sys.implementation.name == "cpython"
"""
    )
    assert outcomes(suite.run("--alloclens")) == "3 passed"


#: The mistakes that memray's tutorials show, each with its remedy, as tests of ours.
TUTORIAL = """
from functools import lru_cache

def fibonacci_list(length):
    numbers = [0, 1]
    for _ in range(length - 2): numbers.append(numbers[-1] + numbers[-2])
    return numbers
def fibonacci_steps(length):
    before, now = 0, 1
    for _ in range(length):
        yield before
        before, now = now, before + now

@pytest.mark.limit_memory("3 MB")
@pytest.mark.parametrize("numbers", [fibonacci_list, fibonacci_steps])
def test_all_numbers_at_once_or_one_after_another(numbers):
    for _ in numbers(15_000): pass

def scaled(data): return bytes(len(data))
def clinging():
    data = bytes(4 << 20)
    more = scaled(data)
    return len(scaled(more))
def letting_go():
    data = bytes(4 << 20)
    data = scaled(data)
    data = scaled(data)
    return len(data)

@pytest.mark.limit_memory("10 MB")
@pytest.mark.parametrize("steps", [clinging, letting_go])
def test_a_name_clings_to_its_object(steps):
    steps()

class Cached:
    @lru_cache(maxsize=None)
    def data(self): return bytes(300_000)
class Own:
    def data(self):
        if not hasattr(self, "kept"): self.kept = bytes(300_000)
        return self.kept

@pytest.mark.limit_leaks("1 MB")
@pytest.mark.parametrize("kind", [Cached, Own])
def test_a_cache_on_a_method_keeps_its_objects(kind):
    for _ in range(10): kind().data()
"""


def test_the_mistakes_that_memrays_tutorials_show_are_found_and_their_remedies_pass(suite: Suite) -> None:
    suite.write(TUTORIAL)
    said = suite.run("-rA", ok=False)
    failed = {line.split("[")[1].split("]")[0] for line in said.splitlines() if line.startswith("MEMORY PROBLEMS ")}
    assert failed == {"fibonacci_list", "clinging", "Cached"}
    assert outcomes(said) == "3 failed, 3 passed"
    for name in ("fibonacci_list", "clinging", "data"):
        assert f"{name}:{suite.folder / 'test_it.py'}:" in said


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
