"""Records one test in a capture of its own, and says what it allocated."""

import functools
import gc
import inspect
import os
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

import pytest

import alloclens.tracker
from alloclens._alloclens import CaptureError
from alloclens.capture import Capture

__all__ = ["CaptureError", "Tracker", "figures", "recorded_call"]


class Tracker(alloclens.tracker.Tracker):
    """Stacks begin at the test: pytest's own frames, which lead to it, are left out. The capture is named after it.

    Inside another recording, as under `alloclens run`, it records nothing, and the test runs as it would without us.
    """

    _elsewhere = "Choose another folder with --alloclens-bin-path."

    def __init__(self, path: Path, nodeid: str, *, collect: bool, **options: Any) -> None:
        """`collect`: what only cycles hold at the end is freed first, unless the test has turned the collector off."""
        super().__init__(path, **options)
        self._nodeid = nodeid
        self._collect = collect
        self.inside_another = False

    def start(self) -> None:
        self.inside_another = alloclens.tracker.is_recorded()
        if self.inside_another:
            return
        try:
            super().start()
        except alloclens.tracker.TrackingError as error:
            # Without what it was made of: pytest prints all that led to a failure.
            raise pytest.fail.Exception(f"The test can't be recorded: {error}", pytrace=False) from None

    def stop(self) -> str:
        if self._collect and self.recording and gc.isenabled():
            gc.collect()
        return super().stop()

    def _more_fields(self) -> List[Tuple[str, str]]:
        file, *names = self._nodeid.split("::")
        return [
            ("hidden_folder", os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
            ("target_name", "::".join([os.path.basename(file), *names])),
        ]


def figures(path: Path, detail: str) -> Dict[str, Any]:
    """Totals of a test's capture."""
    summary = Capture(path).summary
    names = [f"{measure}_{what}" for measure in ("peak", "total", "unfreed") for what in ("bytes", "allocations")]
    return {"detail": detail, **{name: summary[name] for name in names}}


@contextmanager
def recorded_call(item: Any, tracker: Any) -> Iterator[None]:
    """Meanwhile the item's function records itself when it is called; without one, all that is run is recorded."""
    function = getattr(item, "obj", None)
    if not callable(function):
        with tracker:
            yield
        return
    replacement = _recorded(function, tracker)
    item.obj = replacement
    # unittest looks for a coroutine function on the instance itself.
    instance = getattr(item, "instance", None) if _is_unittest_coroutine(item, function) else None
    if instance is not None:
        setattr(instance, item.name, replacement)
    try:
        yield
    finally:
        item.obj = function
        if instance is not None:
            delattr(instance, item.name)


def _recorded(function: Callable[..., Any], tracker: Any) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def recorded_coroutine(*args: Any, **kwargs: Any) -> Any:
            with tracker:
                return await function(*args, **kwargs)

        return recorded_coroutine

    @functools.wraps(function)
    def recorded(*args: Any, **kwargs: Any) -> Any:
        with tracker:
            return function(*args, **kwargs)

    return recorded


def _is_unittest_coroutine(item: Any, function: Any) -> bool:
    return type(item).__name__ == "TestCaseFunction" and inspect.iscoroutinefunction(function)
