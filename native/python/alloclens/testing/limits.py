"""The markers: what a test may allocate and leak, and the words when it does not keep to it."""

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

_SHOWN = 10
_FEWEST_FRAMES_OF_A_LEAK = 5


@dataclass(frozen=True)
class Limit:
    """What a test is held to."""

    kind: str  # a name of MARKERS
    size: float
    current_thread_only: bool = False
    filter: Optional[Filter] = None

    @property
    def detail(self) -> Optional[str]:
        """Leaks are leaks of objects."""
        return "objects" if self.kind == "limit_leaks" else None


@dataclass(frozen=True)
class Problem:
    """Why a test fails."""

    text: str
    section_title: str
    section: Optional[str]
    places: "List[Dict[str, Any]]"


def limit_of(item: pytest.Item, memory: str, leaks: str) -> Optional[Limit]:
    """The item's own limit, else the configured one. Raises ValueError when it can't be understood."""
    markers = [marker for marker in item.iter_markers() if marker.name in MARKERS]
    if len({marker.name for marker in markers}) > 1:
        # pytest-memray's words: suites may rely on them.
        raise ValueError("Only one Memray marker can be applied to each test: limit_memory or limit_leaks.")
    if markers:
        return _limit_of_marker(markers[0])
    if memory and leaks:
        raise ValueError("Set alloclens_limit_memory or alloclens_limit_leaks, not both: a test has one limit.")
    if memory or leaks:
        return Limit("limit_memory" if memory else "limit_leaks", parse_size(memory or leaks))
    return None


def _limit_of_marker(marker: pytest.Mark) -> Limit:
    known = {"limit", "location_limit", "current_thread_only", "filter", "filter_fn"}
    unknown = set(marker.kwargs) - known
    positional = list(marker.args)
    size = positional.pop(0) if positional else marker.kwargs.get("limit", marker.kwargs.get("location_limit"))
    if unknown or positional or not isinstance(size, str):
        raise ValueError(
            f"{MARKERS[marker.name].partition(':')[0]} can't take what it was given: write a size such as '50 MB'."
        )
    return Limit(
        marker.name,
        parse_size(size),
        bool(marker.kwargs.get("current_thread_only", False)),
        marker.kwargs.get("filter", marker.kwargs.get("filter_fn")),
    )


def judge(limit: Limit, figures: Dict[str, Any], stacks: int, verbosity: int) -> Optional[Problem]:
    """None when the test has kept to its limit."""
    if limit.kind == "limit_leaks":
        return _judge_leaks(limit, figures, stacks)
    peak = figures["peak_bytes"]
    if peak < limit.size:
        return None
    allocations = largest(Path(figures["capture"]), "peak")
    section = _section("List of allocations:", allocations, stacks, verbosity)
    text = f"Test was limited to {size_text(limit.size)} but allocated {size_text(peak)}"
    return Problem(text, "alloclens-max-memory", section, _places(allocations))


def _judge_leaks(limit: Limit, figures: Dict[str, Any], stacks: int) -> Optional[Problem]:
    if figures["unfreed_bytes"] < limit.size:
        return None
    leaks = [
        allocation
        for allocation in largest(Path(figures["capture"]), "unfreed")
        if allocation.size >= limit.size and (limit.filter is None or limit.filter(allocation.stack))
    ]
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
