"""`diff`: what a capture has more and less than another one, for people and for CI."""

import argparse
import json
import os
import re
from typing import List, NamedTuple

from alloclens.reports import changes, command, flamegraph, scope
from alloclens.sentences import Refusal, say
from alloclens.shapes import Json
from alloclens.units import bytes_text

GREW = 3
"""Exit status when more was added than --fail-on-increase allows."""
UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


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
    number = word.strip() if re.fullmatch(r"\s*\d+(\.\d+)?\s*", word) else ""
    raise argparse.ArgumentTypeError(f"write a share as in {number or 5}% or a size as in {number or 10}MB")


def main(words: List[str]) -> int:
    parser = command.parser(
        "diff",
        "Compares two captures: what AFTER has more and less than BEFORE.",
        inverted="with --html: the page begins with what asked for memory",
    )
    parser.add_argument(
        "--fail-on-increase", type=limit, metavar="LIMIT", help=f"exit with {GREW} when it grew by more"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="what is printed (text)")
    form.add_argument(
        "--json",
        dest="format",
        action="store_const",
        const="json",
        help="print JSON with exact figures in bytes: --format json",
    )
    parser.add_argument("--html", metavar="FILE", help="write a differential flame graph too")
    parser.add_argument("-f", "--force", action="store_true", help="overwrite FILE if it exists")
    parser.add_argument("--limit", type=scope.positive, default=20, metavar="N", help="rows of each table (20)")
    scope.add_measure(parser)
    part = scope.add_range(parser)
    scope.add_filters(part)
    parser.add_argument("before", metavar="BEFORE", help="a capture")
    parser.add_argument("after", metavar="AFTER", help="a later one of the same program")
    arguments = parser.parse_args(words)
    measure = scope.measure_of(arguments)
    if arguments.inverted and not arguments.html:
        parser.error("--inverted is for the page that --html writes")
    if arguments.html:
        command.may_write(arguments.html, arguments.force, arguments.before, arguments.after)
    capture = command.read(arguments.after)
    base = os.path.abspath(arguments.before)
    fields = scope.scope_of(arguments, capture, base=base)
    as_json = arguments.format == "json"
    text = capture.query_text("diff", base=base, measure=measure, **({} if as_json else {"limit": 10_000}), **fields)
    answer = json.loads(text)
    if arguments.fail_on_increase and fields and not any(answer[side]["total_bytes"] for side in ("before", "after")):
        raise Refusal(
            "Neither capture has anything of this choice, so --fail-on-increase would never fail. "
            "Look at --from, --to, --allocator, --include and --exclude again."
        )
    verdict = _verdict(answer, measure, arguments.fail_on_increase)
    if as_json:
        command.print_lines([text])
    elif arguments.format == "markdown":
        command.print_lines(changes.markdown_page(answer, measure, arguments.limit, verdict))
    else:
        command.print_lines(changes.text_page(answer, measure, arguments.limit))
    if arguments.html:
        flamegraph.write(capture, arguments.html, flamegraph.Choices(measure, arguments.inverted), fields, base=base)
        command.tell(f"Wrote {arguments.html}, {bytes_text(os.stat(arguments.html).st_size)}.")
    status = command.tell_what_is_amiss(answer["after"]) or command.tell_what_is_amiss(answer["before"])
    if verdict:
        say(verdict)
    return status or (GREW if verdict else 0)


def _verdict(answer: Json, measure: str, allowed: "Limit | None") -> str:
    """What is wrong with the growth; empty when nothing is."""
    before, after = answer["before"][f"{measure}_bytes"], answer["after"][f"{measure}_bytes"]
    if not allowed or not allowed.is_exceeded(before, after):
        return ""
    return (
        f"Bytes {scope.MEASURES[measure]} grew from {bytes_text(before)} to {bytes_text(after)}, "
        f"by more than {allowed.text}."
    )
