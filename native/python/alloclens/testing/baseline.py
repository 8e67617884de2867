"""Figures of tests as a file: a report for tools, and a baseline for later runs."""

import json
import sys
from pathlib import Path
from typing import Any, Dict

from alloclens import __version__

FORMAT = 1

Test = Dict[str, Any]
Tests = Dict[str, Test]

_CACHE_KEY = "alloclens/peaks"

#: With a percentage, smaller peaks count as this: a few objects more are no failure.
_SMALLEST_PEAK = 4096


class BaselineError(Exception):
    """A sentence for the user."""


def write(path: Path, tests: Tests) -> None:
    """docs/pytest.md has the shape."""
    content = {
        "alloclens": __version__,
        "format": FORMAT,
        "python": "%d.%d.%d" % sys.version_info[:3],
        "tests": {nodeid: tests[nodeid] for nodeid in sorted(tests)},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> Tests:
    """Raises BaselineError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] > FORMAT:
            raise BaselineError(f"{path} was written by a newer AllocLens ({content['alloclens']}): update this one.")
        tests: Tests = dict(content["tests"].items())
    except OSError as error:
        raise BaselineError(f"The baseline {path} can't be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BaselineError(f"{path} is no baseline. Write one with --alloclens-json-report {path}.") from None
    for nodeid, test in tests.items():
        if not _is_test(test):
            again = f"Write it again with --alloclens-json-report {path}."
            raise BaselineError(f"{path} is damaged: {nodeid} has no peak_bytes and detail. {again}")
    return tests


def last_peaks(config: Any) -> Tests:
    """Of each test's last successful run, from pytest's cache."""
    return {nodeid: test for nodeid, test in _cached(config).items() if _is_test(test)}


def keep_peaks(config: Any, tests: Tests) -> None:
    peaks = {
        nodeid: {"detail": test["detail"], "peak_bytes": test["peak_bytes"]}
        for nodeid, test in tests.items()
        if test["outcome"] == "passed"
    }
    if peaks and getattr(config, "cache", None):
        config.cache.set(_CACHE_KEY, {**_cached(config), **peaks})


def is_comparable(before: Test, after: Test, *, with_system: bool = False) -> bool:
    """Not the figures of detail system: those have a whole arena more where a test happens to need a new one."""
    return bool(before["detail"] == after["detail"] and (with_system or after["detail"] == "objects"))


def has_grown(before: Test, after: Test, percent: float) -> bool:
    """Whether the peak has grown by more than `percent`."""
    if not percent:
        return bool(after["peak_bytes"] > before["peak_bytes"])
    return bool(after["peak_bytes"] > max(before["peak_bytes"], _SMALLEST_PEAK) * (1 + percent / 100))


def _cached(config: Any) -> Tests:
    cache = getattr(config, "cache", None)  # without with -p no:cacheprovider
    cached = cache.get(_CACHE_KEY, {}) if cache else {}
    return cached if isinstance(cached, dict) else {}


def _is_test(test: Any) -> bool:
    return (
        isinstance(test, dict)
        and type(test.get("peak_bytes")) is int
        and test["peak_bytes"] >= 0
        and isinstance(test.get("detail"), str)
    )
