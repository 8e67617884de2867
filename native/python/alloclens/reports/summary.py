"""`summary`: the totals of a capture."""

import json
from typing import List

from alloclens.reports import command, scope
from alloclens.summary_text import summary_lines


def main(words: List[str]) -> int:
    parser = command.parser("summary", "Prints the totals of a capture.")
    parser.add_argument("--json", action="store_true", help="print JSON with exact figures in bytes")
    scope.add_scope(parser)
    command.add_capture(parser)
    arguments = parser.parse_args(words)
    capture = command.read(arguments.capture)
    text = capture.query_text("summary", **scope.scope_of(arguments, capture))
    summary = json.loads(text)
    command.print_lines([text] if arguments.json else summary_lines(summary))
    return command.tell_what_is_amiss(summary)
