"""`lines`: one row per line of code that asked for memory."""

import json
from typing import Any, Dict, List

from alloclens.reports import command, scope
from alloclens.reports.text import LEFT, RIGHT, columns, place_text
from alloclens.units import bytes_text, count_text


def main(words: List[str]) -> int:
    parser = command.parser("lines", "Prints one row per (file, line, function).")
    parser.add_argument("--json", action="store_true", help="print JSON with exact figures in bytes")
    parser.add_argument("--measure", choices=tuple(scope.MEASURES), default="peak", help="what to sort by")
    parser.add_argument("--limit", type=int, default=50, help="rows of the table, 0 for all (JSON has all)")
    scope.add_scope(parser)
    scope.add_native(parser)
    command.add_capture(parser)
    arguments = parser.parse_args(words)
    capture = command.read(arguments.capture)
    text = capture.query_text("lines", **scope.scope_of(arguments, capture), **scope.native_of(arguments))
    summary = capture.summary
    if arguments.json:
        command.print_lines([text])
    else:
        command.print_lines(_table(json.loads(text)["rows"], arguments.measure, arguments.limit))
    return command.tell_what_is_amiss(summary)


def _table(rows: List[Dict[str, Any]], measure: str, limit: int) -> List[str]:
    """Largest first; own figures, then those of `yours` and with callees in the measure asked for."""
    rows = sorted(rows, key=lambda row: (-row[f"{measure}_bytes"], -row["with_callees"][f"{measure}_bytes"]))
    shown = rows[:limit] if limit > 0 else rows
    header = ["peak", "blocks", "unfreed", "total", "calls", f"yours {measure}", f"with callees {measure}", "where"]
    text = columns(header, [_cells(row, measure) for row in shown], RIGHT * 7 + LEFT)
    if len(shown) < len(rows):
        text.append(f"… and {len(rows) - len(shown)} more rows; --limit 0 prints all.")
    return text


def _cells(row: Dict[str, Any], measure: str) -> List[str]:
    return [
        bytes_text(row["peak_bytes"]),
        count_text(row["peak_allocations"]),
        bytes_text(row["unfreed_bytes"]),
        bytes_text(row["total_bytes"]),
        count_text(row["total_allocations"]),
        bytes_text(row["yours"][f"{measure}_bytes"]),
        bytes_text(row["with_callees"][f"{measure}_bytes"]),
        place_text(row["file"], row["line"], row["function"]),
    ]
