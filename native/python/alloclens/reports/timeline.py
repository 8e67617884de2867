"""`timeline`: heap and resident memory over time, as a chart for people and as data for programs."""

import csv
import sys
from typing import List, Optional, Sequence

from alloclens.reports import command, scope
from alloclens.reports.text import width_of_terminal
from alloclens.shapes import Json
from alloclens.units import bytes_text, duration_text

HEIGHT = 12
"""Rows of the chart; each bar has eight levels in a row."""
LEVELS = " ▁▂▃▄▅▆▇█"


def main(words: List[str]) -> int:
    parser = command.parser("timeline", "Draws heap and resident memory over time.")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the series as JSON")
    form.add_argument(
        "--csv",
        action="store_true",
        help="print the series as CSV: seconds, bytes of heap, RSS and pymalloc's arenas",
    )
    parser.add_argument("--points", type=scope.positive, default=1000, help="steps of the data, at most (1000)")
    scope.add_scope(parser)
    command.add_capture(parser)
    arguments = parser.parse_args(words)
    capture = command.read(arguments.capture)
    fields = scope.scope_of(arguments, capture)
    if arguments.json:
        command.print_lines([capture.query_text("timeline", points=arguments.points, **fields)])
    elif arguments.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["time_s", "heap_bytes", "rss_bytes", "arena_bytes"])
        writer.writerows(capture.snapshots(arguments.points, **fields.get("scope", {})))
    else:
        command.print_lines(chart(capture.query("timeline", points=4096, **fields), width_of_terminal()))
    return command.tell_what_is_amiss(capture.summary)


def chart(timeline: Json, width: int, height: int = HEIGHT) -> List[str]:
    """Heap as bars and RSS as dots above the same axes; the last line says where the peak was."""
    times, heap = timeline["times"], timeline["heap"]
    if not times:
        return ["Nothing was recorded yet."]
    rss = [value or 0 for value in timeline["rss"]]
    highest = max([*heap, *rss, 1])
    labels = [bytes_text(highest * row // height) for row in range(height, 0, -1)]
    margin = max(map(len, labels))
    room = max(10, width - margin - 3)
    heap, rss = _resample(times, heap, room), _resample(times, rss, room)
    lines = []
    for row, label in zip(range(height - 1, -1, -1), labels):
        cells = "".join(
            _cell(height * bar / highest - row, height * dot / highest - row) for bar, dot in zip(heap, rss)
        )
        lines.append(f"{label:>{margin}} ┤{cells.rstrip()}")
    end = duration_text(times[-1])
    peak = timeline["peak"]
    lines.append(f"{'0 B':>{margin}} └{'─' * room}")
    begin = duration_text(times[0]) if times[0] else "0 s"
    lines.append(f"{'':{margin}}  {begin}{end:>{room - len(begin)}}")
    lines.append(
        f"Heap █ highest {bytes_text(peak['bytes'])} at {duration_text(peak['time_s'])}"
        f" · RSS • highest {bytes_text(max(rss))}"
        + (f" · pymalloc's arenas {bytes_text(max(timeline['arenas']))}" if "arenas" in timeline else "")
    )
    return lines


def _cell(bar: float, dot: float) -> str:
    """Both in rows above the bottom of this one: the bar reaches up to here, the dot is in it or it is not."""
    level = min(8, round(8 * bar))
    if level > 0:
        return LEVELS[level]
    return "•" if 0 < dot <= 1 else " "


def _resample(times: Sequence[float], values: Sequence[int], room: int) -> List[int]:
    """The highest in each of `room` equal steps; a step without one keeps the value before."""
    span = (times[-1] - times[0]) or 1.0
    steps: List[Optional[int]] = [None] * room
    for time, value in zip(times, values):
        place = min(room - 1, int(room * (time - times[0]) / span))
        steps[place] = max(steps[place] or 0, value)
    filled, last = [], 0
    for step in steps:
        last = last if step is None else step
        filled.append(last)
    return filled
