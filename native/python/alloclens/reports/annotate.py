"""`annotate`: a file's source with the bytes that its lines asked for."""

import os
from typing import Any, Dict, List, Optional

from alloclens.capture import Capture
from alloclens.reports import command, scope
from alloclens.reports.text import bar, dim, share_text
from alloclens.sentences import Refusal, say
from alloclens.units import bytes_text, count_text

BAR = 8
ATTRIBUTIONS = ("yours", "own", "with_callees")


def main(words: List[str]) -> int:
    parser = command.parser("annotate", "Prints a file's source with the bytes that its lines asked for.")
    parser.add_argument("--attribution", choices=ATTRIBUTIONS, default="yours", help="whose bytes a line has (yours)")
    parser.add_argument("--all", action="store_true", help="lines far from any figure too")
    scope.add_measure(parser)
    scope.add_scope(parser)
    command.add_capture(parser)
    parser.add_argument("file", metavar="FILE", help="a file of the program, as it was recorded; its end is enough")
    arguments = parser.parse_args(words)
    capture = command.read(arguments.capture)
    file = _find(capture, arguments.file)
    measure = scope.measure_of(arguments)
    fields = scope.scope_of(arguments, capture)
    answer = capture.query("file_lines", file=file, **fields)
    figures = {row["line"]: row[arguments.attribution] for row in answer["lines"]}
    total = capture.query("summary", **fields)[f"{measure}_bytes"]
    text = _source(capture, file)
    command.print_lines([f"{file}: bytes {scope.MEASURES[measure]}, of {bytes_text(total)}"])
    command.print_lines(_page(text, figures, measure, total, arguments.all))
    return command.tell_what_is_amiss(capture.summary)


def _find(capture: Capture, wanted: str) -> str:
    """The recorded file that is meant: the same path, or the only one that ends so."""
    files = [row["file"] for row in capture.query("files")["files"]]
    for name in (wanted, os.path.abspath(wanted), os.path.realpath(wanted)):
        if name in files:
            return name
    fitting = [file for file in files if file.endswith("/" + wanted.lstrip("./"))]
    if len(fitting) == 1:
        return str(fitting[0])
    if fitting:
        raise Refusal(f"'{wanted}' fits {len(fitting)} files: {', '.join(sorted(fitting))}. Name more of the path.")
    raise Refusal(f"No code of '{wanted}' asked for memory in this capture. `lines` lists those that did.")


def _source(capture: Capture, file: str) -> List[str]:
    answer = capture.query("source", file=file)
    text: Optional[str] = answer["text"]
    if answer["uncertain"]:
        say(f"{file} was changed after the program began: its lines may not be those that ran.")
    if text is None:
        try:
            with open(file, encoding="utf-8", errors="replace") as source:
                text = source.read()
        except OSError:
            raise Refusal(f"The source of {file} is neither in the capture nor on this machine.") from None
        say(f"The source is that of {file} now; the capture has none.")
    return text.splitlines()


def _page(text: List[str], figures: Dict[int, Dict[str, Any]], measure: str, total: int, every: bool) -> List[str]:
    most = max((row[f"{measure}_bytes"] for row in figures.values()), default=0)
    lines: List[str] = []
    near = {line + step for line, row in figures.items() if row[f"{measure}_bytes"] for step in (-2, -1, 0, 1, 2)}
    skipped = False
    for number, source in enumerate(text, 1):
        if not every and number not in near:
            skipped = True
            continue
        if skipped:
            lines.append(dim(f"{'⋮':>45}"))
            skipped = False
        row = figures.get(number)
        size = row[f"{measure}_bytes"] if row else 0
        if row and size:
            cells = f"{bytes_text(size):>9} {share_text(size, total):>7} {count_text(row[f'{measure}_allocations']):>6}"
            lines.append(f"{cells} {bar(size, most, BAR):{BAR}} {number:>5}  {source}")
        else:
            lines.append(f"{'':{24 + BAR + 1}}{number:>5}  {source}")
    return lines
