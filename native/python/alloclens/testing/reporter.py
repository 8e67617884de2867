"""Reports what was recorded, in the process that the user started: with xdist, in the controller."""

import time
from pathlib import Path
from typing import Any, Dict, Optional, Set, Tuple

import pytest

from alloclens.testing import baseline
from alloclens.testing.captures import Captures
from alloclens.testing.settings import Settings


class Reporter:
    """Collects what a Recorder leaves in the reports of tests."""

    def __init__(self, config: "pytest.Config", settings: Settings, captures: Captures) -> None:
        self._config = config
        self._settings = settings
        self._captures = captures
        self._started = time.time()
        self._tests: baseline.Tests = {}
        #: Of tests that ended their process.
        self._kept: "Dict[str, Path]" = {}
        self._has_run = False
        self._inside_another = 0
        self._not_compared: "Set[str]" = set()
        self._unwritten: Optional[str] = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """xdist starts a worker."""
        node.workerinput["alloclens_folder"] = str(self._captures.make())
        node.workerinput["alloclens_prefix"] = self._captures.prefix

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: Any) -> None:
        self._has_run = True
        self._inside_another += getattr(report, "alloclens_inside_another", False)
        if getattr(report, "alloclens_not_compared", False):
            self._not_compared.add(report.nodeid)
        result = getattr(report, "alloclens", None)
        if result:
            self._tests[report.nodeid] = result
            self._kept.pop(report.nodeid, None)  # it has run again, into the same capture
        elif report.when == "???":  # so xdist and pytest-forked report the end of a process
            path = self._captures.known_path(report.nodeid)
            if path and path.exists() and path.stat().st_mtime >= self._started - 1:  # the clocks of files are coarse
                self._kept[report.nodeid] = path

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: Any) -> Optional[Tuple[str, str, str]]:
        if report.when == "call" and report.failed and getattr(report, "alloclens", {}).get("problem"):
            return "failed", "M", "MEMORY PROBLEMS"
        return None

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        write = terminalreporter.write_line
        if self._settings.active and not self._settings.hide_summary:
            self._report(terminalreporter)
        for nodeid, path in self._kept.items():
            write(f"alloclens: {nodeid} ended its process; what it had recorded is kept: {path}")
        if self._inside_another:
            write(
                f"alloclens: {_tests_were(self._inside_another)} not recorded and no limit of theirs was checked, "
                "since the process is being recorded already. "
                "Run pytest without `alloclens run` or a Tracker around it to check them."
            )
        if self._not_compared:
            write(
                f"alloclens: {_tests_were(len(self._not_compared))} not compared with an earlier run: both need "
                "detail objects, which a test with limit_memory has with --alloclens-detail objects alone."
            )
        if self._unwritten:
            write(f"alloclens: {self._unwritten}")

    def _report(self, terminalreporter: Any) -> None:
        from alloclens.testing.terminal import report

        as_memray = self._settings.as_memray
        write = terminalreporter.write_line
        write("")
        terminalreporter.write_sep("=", "MEMRAY REPORT, by AllocLens" if as_memray else "ALLOCLENS REPORT")
        told = [nodeid for nodeid, test in self._tests.items() if test["outcome"] == "passed" or "problem" in test]
        paths = {nodeid: self._captures.path(nodeid) for nodeid in told}
        shown = {nodeid: (self._tests[nodeid], path) for nodeid, path in paths.items() if path.exists()}
        report(shown, self._settings.most_allocations, as_memray, write)
        if self._settings.bin_path:
            what = "binary dumps" if as_memray else "captures"
            write(f"Created {len(shown)} {what} at {self._settings.bin_path} with prefix {self._captures.prefix}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        if self._settings.json_report:
            self._unwritten = self._write(self._settings.json_report)
        baseline.keep_peaks(self._config, self._tests)

    def _write(self, path: Path) -> Optional[str]:
        """What is amiss. A report without tests would let everything pass that is compared with it."""
        if not self._has_run:
            return f"no test has run, so no report was written to {path}."
        try:
            baseline.write(path, self._tests)
        except OSError as error:
            return f"the report {path} can't be written: {error.strerror}"
        return None

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        self._captures.delete(keep=set(self._kept.values()))


def _tests_were(count: int) -> str:
    return "1 test was" if count == 1 else f"{count} tests were"
