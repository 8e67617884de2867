"""The limits of the pytest plugin: to the byte, in every style of test, and what they say."""

import json
import sys

from plugin_suite import Suite, outcomes


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
        assert said.count(f"\n{sentence}") == 1
    assert "alloclens/" not in said
    assert "During handling" not in said


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


#: A build without the global lock, as far as one can tell from inside.
FREE_THREADED = """
import sys
sys.abiflags += "t"
"""


def test_an_interpreter_that_cannot_be_tracked_fails_what_has_a_limit_with_a_sentence(suite: Suite) -> None:
    suite.write(FREE_THREADED, "conftest.py")
    suite.write("@pytest.mark.limit_memory('1 MB')\ndef test_limited(): pass\ndef test_plain(): pass\n")
    reason = f"AllocLens cannot track a free-threaded build of Python {sys.version_info[0]}.{sys.version_info[1]}. "
    said = suite.run(ok=False)
    assert outcomes(said) == "1 failed, 1 passed"
    assert f"The test's limit can't be checked: {reason}" in said
    assert "Traceback" not in said
    assert "pytest_plugin.py" not in said
    assert f"ERROR: {reason}" in suite.run("--alloclens", ok=False)


def test_a_test_whose_capture_cannot_be_created_fails_with_a_sentence(suite: Suite) -> None:
    suite.write("def test_it(): pass\n")
    (suite.folder / "captures/p-test_it.py-test_it.alloclens").mkdir(parents=True)
    said = suite.run("--alloclens", "--alloclens-bin-path", "captures", "--alloclens-bin-prefix", "p", ok=False)
    assert "The test can't be recorded: " in said
    assert "is a folder" in said
    assert "tracker.py" not in said
    assert "During handling" not in said


def test_with_fixtures_counted_failures_before_the_test_are_told_as_they_are(suite: Suite) -> None:
    suite.write(
        """
@pytest.fixture
def broken(): raise OSError("no disk")
def test_broken(broken): pass
@pytest.mark.limit_memory(5)
def test_wrong(caplog): pass
def test_after(): pass
"""
    )
    temporary = suite.folder / "temporary"
    temporary.mkdir()
    said = suite.run("--alloclens", "--alloclens-fixtures", TMPDIR=str(temporary), ok=False)
    assert outcomes(said) == "1 passed, 2 errors"
    assert said.count("\nThe limit of limit_memory is a size such as '50 MB', not 5: write") == 1
    assert "ended its process" not in said
    assert "During handling" not in said
    assert not list(temporary.glob("alloclens-*"))


MISCONFIGURED = {
    "most_allocations = x": "most_allocations is a whole number, not 'x'.",
    "verbosity_memray = x": "verbosity_memray is a whole number, not 'x'.",
    "stacks = -1": "stacks is a number from 1 on, not -1.",
    "alloclens_limit_memory = 5 MBfoo": "alloclens_limit_memory: Invalid memory size format: 5 MBfoo.",
    "alloclens_limit_memory = 5 MB\nalloclens_limit_leaks = 5 MB": "Set alloclens_limit_memory or alloclens_limit",
}


def test_a_wrong_word_in_the_ini_file_is_refused_with_one_sentence(suite: Suite) -> None:
    suite.write("def test_it(): pass\n")
    for lines, sentence in MISCONFIGURED.items():
        (suite.folder / "pytest.ini").write_text(f"[pytest]\n{lines}\n")
        said = suite.run(ok=False)
        assert said.count(f"ERROR: {sentence}") == 1, said
        assert "Traceback" not in said
        assert "INTERNALERROR" not in said
