"""Stacks of a capture, one for each path of functions and lines."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

#: More than any test has; core folds the smallest together beyond it.
_MOST_NODES = 1_000_000


@dataclass(frozen=True)
class StackFrame:
    """One frame of a stack."""

    function: str
    filename: str
    lineno: int


@dataclass(frozen=True)
class Stack:
    """The frames that led to an allocation, innermost first."""

    frames: Tuple[StackFrame, ...]


@dataclass(frozen=True)
class Allocation:
    """What one stack allocated."""

    size: int
    stack: Stack


def largest(path: Path, measure: str) -> List[Allocation]:
    """Every stack that has bytes of the measure and a Python frame, most bytes first."""
    from alloclens.capture import Capture  # loads the native library, which a run without limits does not need

    root = Capture(path).query("tree", measure=measure, max_nodes=_MOST_NODES)["root"]
    found = [allocation for allocation in _allocations(root) if allocation.stack.frames]
    return sorted(found, key=lambda allocation: -allocation.size)


def _allocations(root: Dict[str, Any]) -> Iterator[Allocation]:
    pending: "List[Tuple[Dict[str, Any], Tuple[StackFrame, ...]]]" = [(root, ())]
    while pending:
        node, callers = pending.pop()
        frames = callers
        if node["file"] is not None:
            frames = (StackFrame(node["name"], node["file"], node["line"] or 0), *callers)
        if node["own_bytes"]:
            yield Allocation(node["own_bytes"], Stack(frames))
        pending.extend((child, frames) for child in node["children"])
