"""The markers: what a test may allocate and leak, and the words when it does not keep to it."""

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import pytest

from alloclens.testing.stacks import Allocation, Stack, largest
from alloclens.testing.units import parse_size, size_text

Filter = Callable[[Stack], bool]

#: Name → what `pytest --markers` says.
MARKERS = {
    "limit_memory": "limit_memory(limit, *, current_thread_only=False): fail when the peak of the test call reaches it",
    "limit_leaks": "limit_leaks(limit, *, filter=None, current_thread_only=False): fail when what one stack allocated "
    "and the test did not free reaches it",
}

#: Also by the names that pytest-memray has for them.
_ARGUMENTS = {
    "limit_memory": ("limit", "current_thread_only"),
    "limit_leaks": ("limit", "location_limit", "filter", "filter_fn", "current_thread_only"),
}

_SHOWN = 10
_FEWEST_FRAMES_OF_A_LEAK = 5


@dataclass(frozen=True)
class Limit:
    """What a test is held to."""

    kind: str  # a name of MARKERS
    size: float
    current_thread_only: bool = False
    filter: Optional[Filter] = None


@dataclass(frozen=True)
class Problem:
    """Why a test fails."""

    text: str
    section_title: str
    section: Optional[str]
    places: "List[Dict[str, Any]]"


def limit_of(item: pytest.Item) -> Optional[Limit]:
    """Of its markers. Raises ValueError when they can't be understood."""
    markers = [marker for marker in item.iter_markers() if marker.name in MARKERS]
    if len({marker.name for marker in markers}) > 1:
        # pytest-memray's words: suites may rely on them.
        raise ValueError("Only one Memray marker can be applied to each test: limit_memory or limit_leaks.")
    return _limit_of_marker(markers[0]) if markers else None


def limit_of_all(memory: str, leaks: str) -> Optional[Limit]:
    """Of tests without a marker, as configured. Raises ValueError when it can't be understood."""
    if memory and leaks:
        raise ValueError("Set alloclens_limit_memory or alloclens_limit_leaks, not both: a test has one limit.")
    for kind, text in (("limit_memory", memory), ("limit_leaks", leaks)):
        if text:
            try:
                return Limit(kind, parse_size(text))
            except ValueError as error:
                raise ValueError(f"alloclens_{kind}: {error}") from None
    return None


def _limit_of_marker(marker: "pytest.Mark") -> Limit:
    signature = MARKERS[marker.name].partition(":")[0]
    given = dict(marker.kwargs)
    if marker.args:
        given["limit"] = marker.args[0]
    unknown = [*(name for name in given if name not in _ARGUMENTS[marker.name]), *map(repr, marker.args[1:])]
    if unknown:
        raise ValueError(f"{marker.name} takes no {' and no '.join(unknown)}: write {signature}.")
    size = given.get("limit", given.get("location_limit"))
    if not isinstance(size, str):
        raise ValueError(f"The limit of {marker.name} is a size such as '50 MB', not {size!r}: write {signature}.")
    chosen = given.get("filter", given.get("filter_fn"))
    if chosen is not None and not callable(chosen):
        raise ValueError(f"The filter of {marker.name} is a function of a stack, not {chosen!r}: write {signature}.")
    return Limit(marker.name, parse_size(size), bool(given.get("current_thread_only", False)), chosen)


def judge(limit: Limit, capture: Path, figures: Dict[str, Any], stacks: int, verbosity: int) -> Optional[Problem]:
    """None when the test has kept to its limit."""
    if limit.kind == "limit_leaks":
        return _judge_leaks(limit, capture, figures, stacks)
    peak = figures["peak_bytes"]
    if peak < limit.size:
        return None
    allocations = largest(capture, "peak")
    section = _section("List of allocations:", allocations, stacks, verbosity)
    text = f"Test was limited to {size_text(limit.size)} but allocated {size_text(peak)}"
    return Problem(text, "alloclens-max-memory", section, _places(allocations))


def _judge_leaks(limit: Limit, capture: Path, figures: Dict[str, Any], stacks: int) -> Optional[Problem]:
    if figures["unfreed_bytes"] < limit.size:
        return None
    leaks = [allocation for allocation in largest(capture, "unfreed") if allocation.size >= limit.size]
    if limit.filter is not None:
        try:
            leaks = [allocation for allocation in leaks if limit.filter(allocation.stack)]
        except (Exception, pytest.fail.Exception, pytest.skip.Exception) as error:
            what = "".join(traceback.format_exception_only(type(error), error)).strip()
            text = f"The filter of limit_leaks failed, so the test's leaks can't be judged: {what}"
            return Problem(text, "alloclens-filter", traceback.format_exc(), [])
    if not leaks:
        return None
    section = _section("List of leaked allocations:", leaks, max(stacks, _FEWEST_FRAMES_OF_A_LEAK), verbosity=2)
    text = f"Test was allowed to leak {size_text(limit.size)} per location but at least one location leaked more"
    return Problem(text, "alloclens-leaked-memory", section, _places(leaks))


def _section(title: str, allocations: List[Allocation], stacks: int, verbosity: int) -> Optional[str]:
    if verbosity < 0:
        return None
    shown = allocations if verbosity >= 2 else allocations[:_SHOWN]
    lines = [title]
    for allocation in shown:
        lines.append(f"    - {size_text(allocation.size)} allocated here:")
        frames = allocation.stack.frames
        lines += [f"        {frame.function}:{frame.filename}:{frame.lineno}" for frame in frames[:stacks]]
        lines += ["        ..."] * (len(frames) > stacks)
    if len(shown) < len(allocations):
        lines.append(f"    ...and {len(allocations) - len(shown)} more")
    return "\n".join(lines)


def _places(allocations: List[Allocation]) -> "List[Dict[str, Any]]":
    """The largest, for tools."""
    return [
        {
            "bytes": allocation.size,
            "frames": [[frame.function, frame.filename, frame.lineno] for frame in allocation.stack.frames],
        }
        for allocation in allocations[:_SHOWN]
    ]
