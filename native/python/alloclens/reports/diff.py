"""`diff`: what a capture has more and less than another one, for people and for CI."""

import argparse
import json
import os
import re
from typing import List, NamedTuple, Sequence

from alloclens.reports import command, flamegraph, scope
from alloclens.reports.rows import growth_text
from alloclens.reports.text import LEFT, RIGHT, bold, columns, place_text
from alloclens.sentences import say
from alloclens.shapes import Json
from alloclens.units import bytes_text, count_text

GREW = 3
"""Exit status when more was added than --fail-on-increase allows."""
UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


class Limit(NamedTuple):
    text: str
    share: float
    size: int

    def is_exceeded(self, before: int, after: int) -> bool:
        return after - before > self.share * before + self.size


def limit(word: str) -> Limit:
    """`5%` of what was before, or `10MB`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%|[kmg]?i?b?)", word.strip(), re.IGNORECASE)
    if found and found.group(2) == "%":
        return Limit(word, float(found.group(1)) / 100, 0)
    if found and found.group(2).upper() in UNITS:
        return Limit(word, 0.0, round(float(found.group(1)) * UNITS[found.group(2).upper()]))
    raise argparse.ArgumentTypeError("write a share as in 5% or a size as in 10MB")


def main(words: List[str]) -> int:
    parser = command.parser("diff", "Compares two captures: what AFTER has more and less than BEFORE.")
    parser.add_argument(
        "--fail-on-increase", type=limit, metavar="LIMIT", help=f"exit with {GREW} when it grew by more"
    )
    parser.add_argument("--json", action="store_true", help="print JSON with exact figures in bytes")
    parser.add_argument("--html", metavar="FILE", help="write a differential flame graph too")
    parser.add_argument("-f", "--force", action="store_true", help="overwrite FILE if it exists")
    parser.add_argument("--limit", type=scope.positive, default=20, metavar="N", help="rows of each table (20)")
    scope.add_measure(parser)
    parser.add_argument("before", metavar="BEFORE", help="a capture")
    parser.add_argument("after", metavar="AFTER", help="a later one of the same program")
    arguments = parser.parse_args(words)
    measure = scope.measure_of(arguments)
    capture = command.read(arguments.after)
    base = os.path.abspath(arguments.before)
    threshold = arguments.temporary_allocation_threshold
    fields: Json = {"scope": {"temporary_threshold": threshold}} if threshold else {}
    text = capture.query_text(
        "diff", base=base, measure=measure, **({} if arguments.json else {"limit": 10_000}), **fields
    )
    answer = json.loads(text)
    command.print_lines([text] if arguments.json else page(answer, measure, arguments.limit))
    if arguments.html:
        to = command.may_write(arguments.html, arguments.force)
        flamegraph.write(capture, to, flamegraph.Choices(measure), fields, base=base)
        command.tell(f"Wrote {to}, {bytes_text(os.stat(to).st_size)}.")
    status = command.tell_what_is_amiss(answer["after"]) or command.tell_what_is_amiss(answer["before"])
    return status or _verdict(answer, measure, arguments.fail_on_increase)


def _verdict(answer: Json, measure: str, allowed: "Limit | None") -> int:
    before, after = answer["before"][f"{measure}_bytes"], answer["after"][f"{measure}_bytes"]
    if not allowed or not allowed.is_exceeded(before, after):
        return 0
    say(
        f"Bytes {scope.MEASURES[measure]} grew from {bytes_text(before)} to {bytes_text(after)}, "
        f"by more than {allowed.text}."
    )
    return GREW


def page(answer: Json, measure: str, rows: int) -> List[str]:
    size, count = f"{measure}_bytes", f"{measure}_allocations"
    before, after = answer["before"], answer["after"]
    totals = [
        ["total", growth_text(after[size] - before[size]), bytes_text(before[size]), bytes_text(after[size])],
        ["blocks", _count_growth(after[count] - before[count]), count_text(before[count]), count_text(after[count])],
        [
            "peak RSS",
            growth_text(after["peak_rss_bytes"] - before["peak_rss_bytes"]),
            bytes_text(before["peak_rss_bytes"]),
            bytes_text(after["peak_rss_bytes"]),
        ],
    ]
    lines = columns([f"bytes {scope.MEASURES[measure]}", "change", "before", "after"], totals, LEFT + RIGHT * 2 + LEFT)
    lines += _section("Lines, own bytes", [_line(row, size) for row in answer["lines"]], rows)
    lines += _section("Functions, bytes with callees", [_function(row, size) for row in answer["functions"]], rows)
    return lines


class Change(NamedTuple):
    before: int
    after: int
    where: str


def _line(row: Json, size: str) -> Change:
    return Change(row["before"][size], row["after"][size], place_text(row["file"], row["line"], row["function"]))


def _function(row: Json, size: str) -> Change:
    before, after = row["before"]["with_callees"][size], row["after"]["with_callees"][size]
    return Change(before, after, place_text(row["file"], row["first_line"], row["function"]))


def _section(title: str, changes: Sequence[Change], rows: int) -> List[str]:
    """The largest changes first, whichever their direction."""
    changed = [change for change in changes if change.before != change.after]
    changed.sort(key=lambda change: (-abs(change.after - change.before), change.where))
    if not changed:
        return ["", bold(title), "No change."]
    cells = [
        [growth_text(change.after - change.before), bytes_text(change.before), bytes_text(change.after), change.where]
        for change in changed[:rows]
    ]
    lines = ["", bold(title), *columns(["change", "before", "after", "where"], cells, RIGHT * 3 + LEFT)]
    if len(changed) > rows:
        lines.append(f"… and {len(changed) - rows} more; --limit shows more.")
    return lines


def _count_growth(count: int) -> str:
    return f"+{count_text(count)}" if count > 0 else f"\u2212{count_text(-count)}" if count else "0"
