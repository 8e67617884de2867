"""Records tests and judges them, in the process that runs them: with xdist, in each worker."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Generator, NoReturn, Optional

import pytest

from alloclens.testing import baseline
from alloclens.testing.captures import Captures
from alloclens.testing.limits import MARKERS, Limit, Problem, judge, limit_of
from alloclens.testing.settings import Settings
from alloclens.testing.units import size_text

_LOWEST_PYTEST = (7, 0)


@dataclass
class _Recording:
    """Of a test that runs."""

    tracker: Any
    path: Path
    limit: Optional[Limit]
    detail: str
    #: Reports of subtests come before, and others of theirs after the tracker has stopped.
    was_called: bool = False


class Recorder:
    """What it finds goes with the test's report: `report.alloclens`, and what a Reporter counts."""

    def __init__(self, config: "pytest.Config", settings: Settings, captures: Captures) -> None:
        self._config = config
        self._settings = settings
        self._captures = captures
        self._running: "Dict[str, _Recording]" = {}
        self._before: Optional[baseline.Tests] = None
        reason = _why_not_here() if settings.active else None
        if reason:
            raise pytest.UsageError(reason)
        if settings.baseline:
            try:
                self._before = baseline.read(settings.baseline)
            except baseline.BaselineError as error:
                raise pytest.UsageError(str(error)) from None

    @pytest.hookimpl
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        # Here, and not with the first test: that may run in a forked child.
        marked = (mark.name in MARKERS for item in session.items for mark in item.iter_markers())
        if self._settings.active or self._settings.limit or any(marked):
            self._captures.make()
            _why_not_here()  # before a fixture pretends another interpreter

    @pytest.hookimpl(tryfirst=True)  # no wrapper: when that fails, those of other plugins never begin, yet end
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if self._settings.fixtures:
            recording = self._prepare(item)
            if recording:
                recording.tracker.start()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, None]:
        if self._settings.fixtures:
            yield
            self._stop(item)
            recording = self._running.get(item.nodeid)
        else:
            recording = self._prepare(item)
            if recording is None:
                yield
            else:
                from alloclens.testing.recording import recorded_call

                with recorded_call(item, recording.tracker):
                    yield
        if recording:
            recording.was_called = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        self._stop(item)  # when a fixture failed, the test was never called
        self._running.pop(item.nodeid, None)

    def _prepare(self, item: pytest.Item) -> Optional[_Recording]:
        """What is to record this test, if anything."""
        try:
            limit = limit_of(item) or self._settings.limit
        except ValueError as error:
            _fail(str(error))
        if limit is None and not self._settings.active:
            return None
        reason = _why_not_here()
        if reason:
            _fail(f"The test's limit can't be checked: {reason}")
        from alloclens.testing import recording

        path = self._captures.path(item.nodeid)
        detail = self._settings.detail_for(limit)
        tracker = recording.Tracker(
            path,
            item.nodeid,
            collect=bool(limit and limit.kind == "limit_leaks"),
            detail=detail,
            native=self._settings.native,
            current_thread_only=bool(limit and limit.current_thread_only),
            overwrite=True,
        )
        self._running[item.nodeid] = _Recording(tracker, path, limit, detail)
        return self._running[item.nodeid]

    def _stop(self, item: pytest.Item) -> None:
        recording = self._running.get(item.nodeid)
        if recording and recording.tracker.recording:
            recording.tracker.stop()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, None]:
        outcome = yield
        recording = self._running.get(item.nodeid)
        if call.when != "call" or recording is None or not recording.was_called:
            return
        del self._running[item.nodeid]
        report = outcome.get_result()
        if recording.tracker.inside_another:
            report.alloclens_inside_another = True
        if not recording.tracker.path:
            return  # the test was skipped before it was called, or is recorded by somebody else
        from alloclens.testing.recording import CaptureError, figures

        limit = recording.limit
        try:
            result: Dict[str, Any] = {**figures(recording.path, recording.detail), "outcome": report.outcome}
        except CaptureError as error:  # the test has damaged or deleted it, or the disk is full
            report.alloclens_unreadable = True
            if limit and report.outcome == "passed":
                report.outcome, report.longrepr = "failed", f"The test's limit can't be checked: {error}"
            return
        result["capture"] = str(recording.path) if self._settings.bin_path else None
        report.alloclens = result
        if report.outcome != "passed":
            return
        problem = self._growth(report, result)
        if problem is None and limit:
            problem = judge(limit, recording.path, result, self._settings.stacks, self._settings.verbosity)
        if problem:
            result.update(outcome="failed", problem=problem.text, places=problem.places)
            report.outcome = "failed"
            report.longrepr = problem.text
            if problem.section:
                report.sections.append((problem.section_title, problem.section))

    def _growth(self, report: Any, result: Dict[str, Any]) -> Optional[Problem]:
        percent = self._settings.fail_on_increase
        before = self._peaks_before().get(report.nodeid) if percent is not None else None
        if percent is None or before is None:
            return None
        if not baseline.is_comparable(before, result, with_system=self._settings.as_memray):
            report.alloclens_not_compared = True
            return None
        if not baseline.has_grown(before, result, percent):
            return None
        used, uses = size_text(before["peak_bytes"]), size_text(result["peak_bytes"])
        text = f"Test previously used {used} but now uses {uses}"
        return Problem(text, "alloclens-max-memory", "Test uses more memory than previous run", [])

    def _peaks_before(self) -> baseline.Tests:
        if self._before is None:
            self._before = baseline.last_peaks(self._config)
        return self._before


def _fail(sentence: str) -> NoReturn:
    """Without what it was made of: pytest prints all that led to a failure."""
    raise pytest.fail.Exception(sentence, pytrace=False) from None


def _why_not_here() -> Optional[str]:
    """A sentence when this interpreter can't be tracked, or this pytest is none that we know."""
    from alloclens.tracker import TrackingError, library

    if tuple(int(part) for part in pytest.__version__.split(".")[:2]) < _LOWEST_PYTEST:
        lowest = "%d.%d" % _LOWEST_PYTEST
        return f"AllocLens needs pytest {lowest} or newer, and this is {pytest.__version__}: pip install -U pytest."
    try:
        library()
    except TrackingError as error:
        return str(error)
    return None
