"""`summary`: the totals of a capture, and the functions with most memory when they are asked for."""

import json
from typing import List

from alloclens.reports import command, scope
from alloclens.reports.rows import Row, rows_of_functions
from alloclens.reports.text import LEFT, RIGHT, columns, share_text
from alloclens.summary_text import summary_lines
from alloclens.units import bytes_text, count_text

HEADER = ["function", "with callees", "share", "own", "share", "count"]
ROWS = 10


def main(words: List[str]) -> int:
    parser = command.parser("summary", "Prints the totals of a capture, with -r or -s also its functions.")
    parser.add_argument("--json", action="store_true", help="print JSON with exact figures in bytes")
    parser.add_argument("-r", "--max-rows", type=scope.positive, metavar="N", help=f"so many functions too ({ROWS})")
    parser.add_argument(
        "-s",
        "--sort-column",
        type=int,
        choices=range(1, len(HEADER) + 1),
        metavar="N",
        help="the functions' order by a column from 1 to 6: " + ", ".join(HEADER),
    )
    scope.add_measure(parser)
    scope.add_scope(parser)
    command.add_capture(parser)
    arguments = parser.parse_args(words)
    capture = command.read(arguments.capture)
    fields = scope.scope_of(arguments, capture)
    text = capture.query_text("summary", **fields)
    summary = json.loads(text)
    if arguments.json:
        command.print_lines([text])
        return command.tell_what_is_amiss(summary)
    lines = summary_lines(summary, narrowed=scope.narrows(fields))
    if arguments.max_rows or arguments.sort_column or arguments.measure or arguments.temporary_allocation_threshold:
        measure = scope.measure_of(arguments)
        total = summary[f"{measure}_bytes"]
        lines += ["", f"Functions, {bytes_text(total)} {scope.MEASURES[measure]}", ""]
        rows = rows_of_functions(capture.query("functions", measure=measure, **fields)["functions"], measure)
        lines += functions(rows, total, arguments.sort_column or 2)[: 1 + (arguments.max_rows or ROWS)]
    command.print_lines(lines)
    return command.tell_what_is_amiss(summary)


def functions(rows: List[Row], total: int, column: int) -> List[str]:
    """Sorted by a column of the header, counted from 1: names from A, figures from the largest."""

    def figure(row: Row) -> int:
        return (0, row.with_callees, row.with_callees, row.own, row.own, row.allocations)[column - 1]

    cells = [
        [
            bytes_text(row.with_callees),
            share_text(row.with_callees, total),
            bytes_text(row.own),
            share_text(row.own, total),
            count_text(row.allocations),
            f"{row.function} {row.place}".rstrip(),
        ]
        for row in sorted(rows, key=lambda row: (-figure(row), row.function, row.place))
    ]
    # Numbered as memray's, which have the name first; here the widest stands last, as in other tables.
    return columns([*HEADER[1:], HEADER[0]], cells, RIGHT * 5 + LEFT)
