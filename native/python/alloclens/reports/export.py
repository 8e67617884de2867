"""`export`: a capture's figures in the formats of other tools."""

import os
from typing import List

from alloclens.capture import Capture
from alloclens.reports import command, scope
from alloclens.sentences import Refusal
from alloclens.shapes import Json

ENDINGS = {
    "html": "html",
    "speedscope": "speedscope.json",
    "pprof": "pb.gz",
    "collapsed": "collapsed.txt",
    "csv": "csv",
    "json": "json",
    "ndjson": "ndjson",
    "parquet": "parquet",
}


def main(words: List[str]) -> int:
    parser = command.parser(
        "export", "Writes a capture's figures in the formats of other tools.", inverted="of html: the page begins so"
    )
    parser.add_argument("--format", choices=tuple(ENDINGS), required=True)
    command.add_output(parser)
    scope.add_measure(parser)
    scope.add_scope(parser)
    command.add_capture(parser)
    arguments = parser.parse_args(words)
    if arguments.inverted and arguments.format != "html":
        parser.error(f"--inverted is for --format html: {arguments.format} has whole stacks, for tools that turn them")
    question = None
    if arguments.format == "html":
        from alloclens.reports import flamegraph

        question = flamegraph.question(scope.part_of(arguments))
    capture = command.read(arguments.capture, question)
    measure = scope.measure_of(arguments)
    fields = scope.scope_of(arguments, capture)
    with command.output(arguments, ENDINGS[arguments.format]) as to:
        write(capture, arguments.format, to, measure, fields, inverted=arguments.inverted)
    command.tell_written(to, arguments)
    return command.tell_what_is_amiss(capture.summary)


def write(capture: Capture, form: str, to: str, measure: str, fields: Json, *, inverted: bool = False) -> None:
    if form == "html":
        from alloclens.reports import flamegraph

        flamegraph.write(capture, to, flamegraph.Choices(measure, inverted), fields)
    elif form == "parquet":
        try:
            from alloclens import arrow
        except ImportError:
            raise Refusal(
                "Parquet needs the package pyarrow. Install it: python -m pip install 'alloclens[parquet]'."
            ) from None
        with command.create(to) as file:
            arrow.write(capture.records(measure, **fields.get("scope", {})), file)
    else:
        capture.query("export", format=form, to=os.path.abspath(to), measure=measure, **fields)
