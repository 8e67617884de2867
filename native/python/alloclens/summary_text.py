"""A capture's totals for a person: after a run, and for `summary`."""

import shlex
import time
from typing import Any, Dict, List, Tuple

from alloclens.units import blocks_text, bytes_text, count_text, duration_text


def peak_name(narrowed: bool) -> str:
    """Of the row that tells what was live when the heap of the whole program was largest."""
    return "At the peak" if narrowed else "Peak heap"


def summary_lines(summary: Dict[str, Any], *, narrowed: bool = False) -> List[str]:
    """One line a figure, `summary` as core answers it; `narrowed`: of some threads, regions, allocators or files."""
    rows: List[Tuple[str, str]] = [
        *(_description(summary) if summary["run_id"] else []),
        ("Duration", duration_text(summary["duration_s"])),
        ("Exit status", "unknown" if summary["exit_status"] is None else str(summary["exit_status"])),
        ("Total allocations", count_text(summary["total_allocations"])),
        ("Total allocated", bytes_text(summary["total_bytes"])),
        (peak_name(narrowed), f"{bytes_text(summary['peak_bytes'])} in {blocks_text(summary['peak_allocations'])}"),
        (
            "Unfreed",
            f"{bytes_text(summary['unfreed_bytes'])} in {blocks_text(summary['unfreed_allocations'])}",
        ),
        ("Peak RSS", bytes_text(summary["peak_rss_bytes"])),
    ]
    if "arenas" in summary:
        arenas = summary["arenas"]
        most, end = bytes_text(arenas["peak_bytes"]), bytes_text(arenas["end_bytes"])
        rows.append(("pymalloc's arenas", f"{most} at most, {end} at the end"))
    width = max(len(name) for name, _ in rows)
    return [f"{name:{width}}  {value}" for name, value in rows]


def _description(summary: Dict[str, Any]) -> List[Tuple[str, str]]:
    return [
        ("Run", summary["run_id"]),
        ("Command", " ".join(shlex.quote(word) for word in summary["command"])),
        ("Python", f"{summary['python_version']}, detail {summary['detail']}"),
        ("Start", _moment(summary["start_time_ms"])),
        ("End", _moment(summary["end_time_ms"])),
    ]


def _moment(milliseconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(milliseconds / 1000))
