"""The report at the end: the tests with the highest peaks and their largest stacks."""

import math
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

from alloclens.testing.stacks import Allocation, largest
from alloclens.testing.units import size_text

_TOP = 5
_BINS = 5

Figures = Dict[str, Any]


def report(
    tests: "Dict[str, Tuple[Figures, Path]]", most: int, as_memray: bool, write: Callable[[str], object]
) -> None:
    """`tests`: those whose captures are still there; `most`: how many to show, 0 for all."""
    ordered = sorted(tests.items(), key=lambda item: -item[1][0]["peak_bytes"])
    for nodeid, (figures, capture) in ordered[: most or len(ordered)]:
        allocations = largest(capture, "peak")
        for line in _as_memray(nodeid, figures, allocations) if as_memray else _ours(nodeid, figures, allocations):
            write(line)


def _ours(nodeid: str, figures: Figures, allocations: List[Allocation]) -> List[str]:
    def amount(measure: str, unit: str) -> str:
        count = figures[f"{measure}_allocations"]
        return f"{measure} {size_text(figures[f'{measure}_bytes'])} in {count} {unit}"

    lines = [
        nodeid,
        "  " + ", ".join([amount("peak", "blocks"), amount("total", "allocations"), amount("unfreed", "blocks")]),
    ]
    lines += [f"    {size_text(size)}  {place}" for size, place in _top(allocations)]
    return [*lines, ""]


def _as_memray(nodeid: str, figures: Figures, allocations: List[Allocation]) -> List[str]:
    """In pytest-memray's words, for suites that were written for it; its "total" is the peak."""
    return [
        f"Allocation results for {nodeid} at the high watermark",
        "",
        f"\t 📦 Total memory allocated: {size_text(figures['peak_bytes'])}",
        f"\t 📏 Total allocations: {figures['total_allocations']}",
        f"\t 📊 Histogram of allocation sizes: |{_histogram([allocation.size for allocation in allocations])}|",
        "\t 🥇 Biggest allocating functions:",
        *(f"\t\t- {place} -> {size_text(size)}" for size, place in _top(allocations)),
        "",
        "",
    ]


def _top(allocations: List[Allocation]) -> "List[Tuple[int, str]]":
    frames = [(allocation.size, allocation.stack.frames[0]) for allocation in allocations[:_TOP]]
    return [(size, f"{frame.function}:{frame.filename}:{frame.lineno}") for size, frame in frames]


def _histogram(sizes: List[int]) -> str:
    """Of the sizes' logarithms."""
    if not sizes:
        return ""
    bins = min(len(sizes), _BINS)
    values = [math.log(size or 1) for size in sizes]
    low, high = min(values), max(values)
    step = (high - low) / bins or low or 1
    counts = Counter(min(int((value - low) / step), bins - 1) for value in values)
    bars = " ▁▂▃▄▅▆▇█"
    most = max(counts.values())
    return "".join(bars[int(counts[place] * (len(bars) - 1) / most)] for place in range(bins))
