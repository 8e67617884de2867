"""`convert`: a capture without its events, only what they came to: small, and of the whole run."""

import os
from typing import List

from alloclens.reports import command
from alloclens.units import bytes_text, count_text


def main(words: List[str]) -> int:
    parser = command.parser("convert", "Writes a capture that keeps sums instead of events, as `run --aggregate` does.")
    command.add_output(parser)
    command.add_capture(parser)
    arguments = parser.parse_args(words)
    capture = command.read(arguments.capture)
    with command.output(arguments, "aggregate.alloclens") as to:
        saved = capture.query("convert", to=os.path.abspath(to))
    sizes = f"{bytes_text(saved['bytes'])} instead of {bytes_text(os.stat(arguments.capture).st_size)}"
    command.tell_written(to, arguments, f": {sizes}, for {count_text(saved['events'])} events")
    return command.tell_what_is_amiss(capture.summary)
