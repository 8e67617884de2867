"""The pytest plugin: `pytest --alloclens`, and the markers limit_memory and limit_leaks. docs/pytest.md explains it."""

import copy
import os
import shutil
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any, Dict, Generator, List, Optional, Set, Tuple

import pytest

from alloclens.testing import baseline
from alloclens.testing.limits import MARKERS, Limit, Problem, judge, limit_of
from alloclens.testing.options import Settings, add_options, separate_percent
from alloclens.testing.units import size_text

_CACHE_KEY = "alloclens/peaks"


def pytest_addoption(parser: Any, pluginmanager: Any) -> None:
    add_options(parser, pluginmanager)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: Any, parser: Any, args: List[str]) -> Generator[None, Any, None]:
    before = list(args)
    separate_percent(args)
    if args != before:
        early_config.known_args_namespace = parser.parse_known_args(args, namespace=copy.copy(early_config.option))
    yield


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    settings = Settings(config)
    if not settings.with_memray:
        for text in MARKERS.values():
            config.addinivalue_line("markers", text)
    recorder = None
    if settings.acts:
        if settings.with_memray:
            config.pluginmanager.unregister(name="memray_manager")
        recorder = Recorder(config, settings)
        config.pluginmanager.register(recorder, "alloclens_recorder")
    if settings.report_log and not hasattr(config, "workerinput"):
        from alloclens.testing.report_log import ReportLog

        capture_of = recorder.capture_of if recorder else lambda _nodeid: None
        config.pluginmanager.register(ReportLog(settings.report_log, config, capture_of), "alloclens_report_log")


def pytest_report_header(config: pytest.Config) -> Optional[str]:
    if not config.pluginmanager.hasplugin("memray"):
        return None
    if config.pluginmanager.hasplugin("alloclens_recorder"):
        return "alloclens: records the tests and checks their limits; pytest-memray stands aside"
    return "alloclens: pytest-memray records the tests and checks their limits; with --alloclens AllocLens does"


class Recorder:
    """Records tests, judges them, and reports. With xdist, workers record and judge, and the controller reports."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._config = config
        self._settings = settings
        self._worker: Dict[str, Any] = getattr(config, "workerinput", {})
        self._process = os.getpid()
        self._started = time.time()
        self._prefix: str = self._worker.get("alloclens_prefix") or settings.bin_prefix or uuid.uuid4().hex
        folder = self._worker.get("alloclens_folder") or settings.bin_path
        self._folder: Optional[Path] = Path(folder) if folder else None
        self._temporary = False
        self._kept: "List[Tuple[str, Path]]" = []
        self._running: "Dict[str, Tuple[Any, Path, Optional[Limit]]]" = {}
        self._tests: baseline.Tests = {}
        self._inside_another = 0
        self._unreadable: "Set[str]" = set()
        self._unwritten: Optional[str] = None
        self._before: Optional[baseline.Tests] = None
        reason = _why_not_here() if settings.active else None
        if reason:
            raise pytest.UsageError(reason)
        if settings.baseline and settings.fail_on_increase is not None:
            try:
                self._before = baseline.read(settings.baseline)
            except baseline.BaselineError as error:
                raise pytest.UsageError(str(error)) from None

    # Recording, in the process that runs the test.

    @pytest.hookimpl
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        # Here, and not with the first test: that may run in a forked child.
        limits = self._settings.limit_memory or self._settings.limit_leaks
        marked = (mark.name in MARKERS for item in session.items for mark in item.iter_markers())
        if self._settings.active or limits or any(marked):
            self._make_folder()
            _why_not_here()  # before a fixture pretends another interpreter

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, None]:
        if self._settings.fixtures:
            tracker = self._prepare(item)
            if tracker:
                tracker.start()
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, None]:
        if self._settings.fixtures:
            yield
            self._stop(item)
            return
        tracker = self._prepare(item)
        if tracker is None:
            yield
            return
        from alloclens.testing.recording import recorded_call

        with recorded_call(item, tracker):
            yield

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        self._stop(item)  # when a fixture failed, the test was never called

    def _prepare(self, item: pytest.Item) -> Any:
        """The tracker that records this test, or None."""
        try:
            limit = limit_of(item, self._settings.limit_memory, self._settings.limit_leaks)
        except ValueError as error:
            pytest.fail(str(error), pytrace=False)
        if limit is None and not self._settings.active:
            return None
        reason = _why_not_here()
        if reason:
            pytest.fail(f"The test's limit can't be checked: {reason}", pytrace=False)
        from alloclens.testing import recording

        path = self._path(item.nodeid)
        tracker = recording.Tracker(
            path,
            item.nodeid,
            collect=bool(limit and limit.kind == "limit_leaks"),
            detail=(limit and limit.detail) or self._settings.detail,
            native=self._settings.native,
            current_thread_only=bool(limit and limit.current_thread_only),
            overwrite=True,
        )
        self._running[item.nodeid] = (tracker, path, limit)
        return tracker

    def _stop(self, item: pytest.Item) -> None:
        tracker = self._running.get(item.nodeid, (None,))[0]
        if tracker is not None and tracker.recording:
            tracker.stop()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, None]:
        outcome = yield
        if call.when != "call" or item.nodeid not in self._running:
            return
        tracker, path, limit = self._running.pop(item.nodeid)
        report = outcome.get_result()
        if tracker.inside_another:
            report.alloclens_inside_another = True
        if not tracker.path:
            return  # the test was skipped before it was called, or is recorded by somebody else
        from alloclens.testing.recording import CaptureError, figures

        detail = (limit and limit.detail) or self._settings.detail
        try:
            result: Dict[str, Any] = {**figures(path, detail), "outcome": report.outcome}
        except CaptureError as error:  # the test has damaged or deleted it, or the disk is full
            report.alloclens_unreadable = True
            if limit and report.outcome == "passed":
                report.outcome, report.longrepr = "failed", f"The test's limit can't be checked: {error}"
            return
        report.alloclens = result
        problem = self._problem(item.nodeid, limit, result) if report.outcome == "passed" else None
        if problem:
            result.update(outcome="failed", problem=problem.text, places=problem.places)
            report.outcome = "failed"
            report.longrepr = problem.text
            if problem.section:
                report.sections.append((problem.section_title, problem.section))

    def _problem(self, nodeid: str, limit: Optional[Limit], result: Dict[str, Any]) -> Optional[Problem]:
        percent = self._settings.fail_on_increase
        if percent is not None:
            before = self._peaks_before().get(nodeid)
            if before and baseline.grown(before, result, percent):
                used, uses = size_text(before["peak_bytes"]), size_text(result["peak_bytes"])
                text = f"Test previously used {used} but now uses {uses}"
                return Problem(text, "alloclens-max-memory", "Test uses more memory than previous run", [])
        return judge(limit, result, self._settings.stacks, self._settings.verbosity) if limit else None

    def _peaks_before(self) -> baseline.Tests:
        if self._before is None:
            cache = getattr(self._config, "cache", None)
            self._before = cache.get(_CACHE_KEY, {}) if cache else {}
        assert self._before is not None
        return self._before

    # Reporting, in the process that the user started.

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """xdist starts a worker."""
        node.workerinput["alloclens_folder"] = str(self._make_folder())
        node.workerinput["alloclens_prefix"] = self._prefix

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: Any) -> None:
        if self._worker:
            return
        self._inside_another += getattr(report, "alloclens_inside_another", False)
        result = getattr(report, "alloclens", None)
        if result:
            self._tests[report.nodeid] = result
        elif hasattr(report, "alloclens_unreadable"):
            self._unreadable.add(report.nodeid)
        elif report.failed and report.nodeid not in self._unreadable.union(self._tests) and self._folder:
            path = self._path(report.nodeid)
            if path.exists() and path.stat().st_mtime >= self._started - 1:  # the clocks of files are coarse
                self._kept.append((report.nodeid, path))

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: Any) -> Optional[Tuple[str, str, str]]:
        if report.when == "call" and getattr(report, "alloclens", {}).get("problem"):
            return "failed", "M", "MEMORY PROBLEMS"
        return None

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        write = terminalreporter.write_line
        if self._settings.active and not self._settings.hide_summary:
            from alloclens.testing.terminal import report

            as_memray = not self._settings.asked
            write("")
            terminalreporter.write_sep("=", "MEMRAY REPORT, by AllocLens" if as_memray else "ALLOCLENS REPORT")
            shown = {
                nodeid: result
                for nodeid, result in self._tests.items()
                if (result["outcome"] == "passed" or "problem" in result) and os.path.exists(result["capture"])
            }
            report(shown, self._settings.most_allocations, as_memray, write)
            if self._settings.bin_path:
                what = "binary dumps" if as_memray else "captures"
                write(f"Created {len(shown)} {what} at {self._settings.bin_path} with prefix {self._prefix}")
        for nodeid, path in self._kept:
            write(f"alloclens: {nodeid} ended its process; what it had recorded is kept: {path}")
        if self._inside_another:
            which = "1 test was" if self._inside_another == 1 else f"{self._inside_another} tests were"
            write(
                f"alloclens: {which} not recorded and no limit of theirs was checked, since the process is being "
                "recorded already. Run pytest without `alloclens run` or a Tracker around it to check them."
            )
        if self._unwritten:
            write(f"alloclens: {self._unwritten}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        if self._worker:
            return
        if self._settings.json_report:
            try:
                baseline.write(self._settings.json_report, self._tests)
            except OSError as error:
                self._unwritten = f"the report {self._settings.json_report} can't be written: {error.strerror}"
        cache = getattr(self._config, "cache", None)
        peaks = {
            nodeid: {"detail": result["detail"], "peak_bytes": result["peak_bytes"]}
            for nodeid, result in self._tests.items()
            if result["outcome"] == "passed"
        }
        if cache and peaks:
            cache.set(_CACHE_KEY, {**cache.get(_CACHE_KEY, {}), **peaks})

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        if self._temporary and self._folder and os.getpid() == self._process:
            keep = {path for _, path in self._kept}
            for path in self._folder.iterdir():
                if path not in keep:
                    path.unlink()
            if not keep:
                shutil.rmtree(self._folder, ignore_errors=True)

    def capture_of(self, nodeid: str) -> Optional[str]:
        """Where the test's capture is, or will be if it is recorded."""
        return str(self._path(nodeid)) if self._folder else None

    def _make_folder(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="alloclens-"))
            self._temporary = True
        return self._folder

    def _path(self, nodeid: str) -> Path:
        from alloclens.testing.recording import capture_name

        return self._make_folder() / capture_name(self._prefix, nodeid, self._settings.suffix)


def _why_not_here() -> Optional[str]:
    """A sentence when this interpreter can't be tracked."""
    from alloclens.tracker import TrackingError, library

    try:
        library()
    except TrackingError as error:
        return str(error)
    return None
