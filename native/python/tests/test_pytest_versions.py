"""The pytest plugin with the newest pytest and its plugins, the oldest that it works with, and an older one."""

from pathlib import Path

from plugin_suite import Suite, outcomes

SUBTESTS_AND_RERUNS = """
import unittest
RUNS = []
limited = pytest.mark.limit_memory("1 MB")
@limited
@pytest.mark.parametrize("size", [1, 2])
def test_subtests(subtests, size):
    for number in range(2):
        with subtests.test(number=number): grab(100)
    grab(size << 19)
class TestUnit(unittest.TestCase):
    @limited
    def test_it(self):
        with self.subTest(): grab(100)
        grab(2 << 20)
def test_failing(subtests):
    with subtests.test(): assert grab(100) is None
@limited
@pytest.mark.flaky(reruns=1)
def test_again():
    RUNS.append(1)
    grab(2 << 20 if len(RUNS) == 1 else 100)
"""


def test_limits_hold_in_tests_with_subtests_and_reruns_count_as_such(tmp_path: Path) -> None:
    suite = Suite(tmp_path, "pytest 9")
    suite.write(SUBTESTS_AND_RERUNS)
    said = suite.run("--alloclens", "-rA", "--fail-on-increase", "test_it.py", ok=False)
    problems = {
        line.split("::", 1)[1].split(" ")[0] for line in said.splitlines() if line.startswith("MEMORY PROBLEMS ")
    }
    assert problems == {"test_subtests[2]", "TestUnit::test_it"}
    assert "1 rerun" in outcomes(said)
    assert "test_again" not in said.partition("MEMORY PROBLEMS")[2].partition("ALLOCLENS REPORT")[0]
    assert "ended its process" not in said


def test_a_test_that_ends_its_process_each_time_it_runs_is_told_once(tmp_path: Path) -> None:
    suite = Suite(tmp_path, "pytest 9")
    suite.write("import os\ndef test_it(): os.abort()\n")
    said = suite.run("--alloclens", "-n1", "--reruns", "1", "--alloclens-bin-path", "captures", ok=False)
    assert said.count("test_it ended its process; what it had recorded is kept: ") == 1


LIMITED = """
@pytest.mark.limit_memory("1 MB")
@pytest.mark.parametrize("size", [1, 2])
def test_it(size): grab(size << 19)
def test_plain(): pass
"""


def test_the_oldest_pytest_runs_limits_and_reports(tmp_path: Path) -> None:
    suite = Suite(tmp_path, "pytest 7.0")
    suite.write(LIMITED)
    said = suite.run(ok=False)
    assert outcomes(said) == "1 failed, 2 passed"
    assert "Test was limited to 1.0MiB but allocated 1.0MiB" in said
    words = ["--alloclens", "--fail-on-increase", "10", "--alloclens-report-log", "log.jsonl"]
    assert outcomes(suite.run(*words, "--alloclens-json-report", "now.json", ok=False)) == "1 failed, 2 passed"


def test_an_older_pytest_is_told_of_when_the_plugin_is_used_and_left_alone_otherwise(tmp_path: Path) -> None:
    suite = Suite(tmp_path, "pytest 6.2")
    suite.write(LIMITED)
    assert outcomes(suite.run("-k", "plain")) == "1 passed, 2 deselected"
    sentence = "AllocLens needs pytest 7.0 or newer, and this is 6.2."
    said = suite.run(ok=False)
    assert outcomes(said) == "2 failed, 1 passed"
    assert f"The test's limit can't be checked: {sentence}" in said
    assert f"ERROR: {sentence}" in suite.run("--alloclens", ok=False)
