"""`table`: lines of code with their bytes, to be sorted, filtered and paged through; plain text without a terminal."""

import argparse
from typing import List

from alloclens.capture import Capture
from alloclens.reports import command, scope
from alloclens.reports.rows import SORTS, Row, arranged, cells_of, page_of, rows_of
from alloclens.reports.text import LEFT, RIGHT, columns, is_interactive
from alloclens.shapes import Json
from alloclens.units import bytes_text

HEADER = ["own", "share", "with callees", "count", "function", "where"]
ALIGN = RIGHT * 4 + LEFT * 2


def main(words: List[str]) -> int:
    parser = command.parser("table", "Shows which lines of code hold the memory.")
    parser.add_argument("--sort", choices=tuple(SORTS), default="own", help="what comes first (own bytes)")
    parser.add_argument("--filter", default="", metavar="TEXT", help="only rows in which this text stands")
    parser.add_argument("--rows", type=scope.positive, default=50, metavar="N", help="rows of a page (50)")
    parser.add_argument("--page", type=scope.positive, default=1, metavar="N", help="which page is printed (1)")
    parser.add_argument("--static", action="store_true", help="print the table, even to a terminal")
    command.add_text_output(parser)
    command.add_ignored(parser, "--no-web")
    scope.add_measure(parser)
    scope.add_scope(parser)
    scope.add_native(parser)
    scope.add_threads(parser)
    command.add_capture(parser)
    arguments = parser.parse_args(words)
    capture = command.read(arguments.capture)
    measure = scope.measure_of(arguments)
    fields = scope.scope_of(arguments, capture)
    asked = {**fields, **scope.native_of(arguments)}
    rows = thread_rows(capture, measure, asked) if arguments.split_threads else all_rows(capture, measure, asked)
    summary = capture.query("summary", **fields)
    title = f"{bytes_text(summary[f'{measure}_bytes'])} {scope.MEASURES[measure]}"
    if is_interactive() and not arguments.static and not arguments.output and command.has_textual():
        from alloclens.screens.line_table import LineTable
        from alloclens.screens.table import TableApp

        table = LineTable(arguments.sort, arguments.filter, folder=summary["cwd"])
        TableApp(table, rows, summary[f"{measure}_bytes"], title).run()
    else:
        command.print_or_write(_printed(rows, summary[f"{measure}_bytes"], title, arguments), arguments)
    return command.tell_what_is_amiss(capture.summary)


def all_rows(capture: Capture, measure: str, fields: Json) -> List[Row]:
    return rows_of(capture.query("lines", **fields)["rows"], measure)


def thread_rows(capture: Capture, measure: str, fields: Json) -> List[Row]:
    rows: List[Row] = []
    for thread in capture.query("threads", scope=fields.get("scope"))["threads"]:
        if thread[f"{measure}_bytes"]:
            of_thread = {**fields, "scope": {**fields.get("scope", {}), "threads": [thread["id"]]}}
            name = thread["name"] or str(thread["kernel_id"])
            rows += rows_of(capture.query("lines", **of_thread)["rows"], measure, name)
    return rows


def _printed(rows: List[Row], total: int, title: str, arguments: argparse.Namespace) -> List[str]:
    found = arranged(rows, arguments.sort, wanted=arguments.filter)
    shown, page, pages = page_of(found, arguments.page - 1, arguments.rows)
    cells = [cells_of(row, total) + ([row.thread] if arguments.split_threads else []) for row in shown]
    header = HEADER + (["thread"] if arguments.split_threads else [])
    lines = [title, "", *columns(header, cells, ALIGN + LEFT * (len(header) - len(ALIGN)))]
    if pages > 1:
        lines += ["", f"Page {page + 1} of {pages}, {len(found)} rows; --page and --rows choose others."]
    return lines
