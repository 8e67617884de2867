"""`inspect`: a capture's header, blocks and health; `--repair` saves what can be read of a broken one."""

import json
import os
from typing import List

from alloclens.reports import command
from alloclens.reports.text import LEFT, RIGHT, bold, columns
from alloclens.shapes import Json
from alloclens.units import bytes_text, count_text

HEALTH = {
    "whole": "whole",
    "cut_short": "cut short: the program was killed or still runs",
    "damaged": "damaged",
}


def main(words: List[str]) -> int:
    parser = command.parser("inspect", "Tells what a capture file consists of and whether it is whole.")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--repair", action="store_true", help="write what can be read as a capture that is whole")
    command.add_output(parser)
    command.add_capture(parser)
    arguments = parser.parse_args(words)
    if arguments.output and not arguments.repair:
        parser.error("-o names the file that --repair writes")
    capture = command.read(arguments.capture)
    if arguments.repair:
        with command.output(arguments, "repaired.alloclens") as to:
            saved = capture.query("repair", to=os.path.abspath(to))
        what = f": {count_text(saved['events'])} events, {bytes_text(saved['bytes'])}"
        command.tell_written(to, arguments, what)
        return 0
    text = capture.query_text("inspect")
    answer = json.loads(text)
    command.print_lines([text] if arguments.json else page(answer))
    return 1 if answer["health"] == "damaged" else 0


def page(answer: Json) -> List[str]:
    lines = [
        f"Health       {HEALTH[answer['health']]}",
        f"Format       {answer['format']}",
        f"Size         {bytes_text(answer['size_bytes'])}",
        f"Events       {count_text(answer['events'])}"
        + (f", {count_text(answer['missing_events'])} can't be read" if answer["missing_events"] else ""),
        f"Stacks       {count_text(answer['stacks'])}",
        f"Code objects {count_text(answer['codes'])}",
        f"Threads      {count_text(answer['threads'])}",
    ]
    cells = [
        [count_text(row["count"]), bytes_text(row["raw_bytes"]), bytes_text(row["stored_bytes"]), row["kind"]]
        for row in answer["blocks"]
    ]
    lines += ["", *columns(["blocks", "content", "in the file", "kind"], cells, RIGHT * 3 + LEFT)]
    if answer["open"]:
        part = answer["open"]
        lines.append(
            f"The part being written is at byte {part['offset']}, {bytes_text(part['used_bytes'])} of it used."
        )
    for place in answer["damage"]:
        lines.append(f"Damage at bytes {place['offset']} to {place['end']}: {place['message']}")
    lines += answer["notes"]
    for name in ("metadata", "end"):
        if answer[name]:
            lines += ["", bold(name), *(f"  {key}: {json.dumps(value)}" for key, value in answer[name].items())]
    return lines
