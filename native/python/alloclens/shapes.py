"""What core answers, for Python. Sizes are bytes, times seconds since the start, lines 1-based."""

from typing import Any, Dict, NamedTuple, Optional, Tuple

Json = Dict[str, Any]


class Frame(NamedTuple):
    """One place on a stack."""

    function: str
    file: Optional[str]
    """Absolute; a library's path for a native frame; None where it is unknown."""
    line: Optional[int]
    origin: str
    """"yours", "standard_library", "package" or "native"."""


class Record(NamedTuple):
    """What one stack holds of a measure."""

    bytes: int
    allocations: int
    """For `total` and `temporary` the number of calls, else the number of live blocks."""
    thread: str
    allocator: str
    """The function that was called: "malloc", "mmap", "pyobject_malloc"…"""
    stack: Tuple[Frame, ...]
    """Innermost first: Python's frames, and native ones where they were recorded, each where it lies."""

    @property
    def python_stack(self) -> Tuple[Frame, ...]:
        return tuple(frame for frame in self.stack if frame.origin != "native")

    @property
    def native_stack(self) -> Tuple[Frame, ...]:
        return tuple(frame for frame in self.stack if frame.origin == "native")


class Snapshot(NamedTuple):
    """One step of the timeline."""

    time: float
    heap: int
    """Highest in the step."""
    rss: Optional[int]
    """The last sample; None before the first."""
    arenas: Optional[int] = None
    """The most that pymalloc had mapped in the step; None where detail is `system`."""
