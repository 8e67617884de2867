"""`summary` and `lines`: what core knows of a capture, for a person or as JSON."""

import argparse
import json
import os
import signal
import sys
from typing import Any, Dict, List, Optional

from alloclens import _alloclens
from alloclens.sentences import say
from alloclens.summary_text import summary_lines
from alloclens.units import bytes_text, count_text


def main(command: str, words: List[str]) -> int:
    """Returns the exit status: 0, or 1 when the capture can't be read or is damaged."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `lines … | head` ends quietly
    arguments = _parser(command).parse_args(words)
    path = arguments.capture
    try:
        requests = [json.dumps({"query": query}).encode() for query in ("summary", command)]
        summary_text, text = _alloclens.query(os.fsencode(path), requests)
        summary = json.loads(summary_text)
    except _alloclens.CaptureError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    if arguments.json:
        sys.stdout.write(text + "\n")
    elif command == "summary":
        print("\n".join(summary_lines(summary)))
    else:
        print("\n".join(_table(json.loads(text)["rows"], arguments.measure, arguments.limit)))
    sys.stdout.flush()
    for note in summary["notes"]:
        say(note)
    return 1 if summary["damage"] else 0


def _parser(command: str) -> argparse.ArgumentParser:
    what = "Prints the totals of a capture." if command == "summary" else "Prints one row per (file, line, function)."
    parser = argparse.ArgumentParser(prog=f"python -m alloclens {command}", description=what, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print JSON with exact figures in bytes")
    if command == "lines":
        parser.add_argument("--measure", choices=("peak", "unfreed", "total"), default="peak", help="what to sort by")
        parser.add_argument("--limit", type=int, default=50, help="rows of the table, 0 for all (JSON has all)")
    parser.add_argument("capture", metavar="CAPTURE", help="a file that `run` wrote")
    return parser


def _table(rows: List[Dict[str, Any]], measure: str, limit: int) -> List[str]:
    """Largest first; own figures, then those of `yours` and with callees in the measure asked for."""
    rows = sorted(rows, key=lambda row: (-row[f"{measure}_bytes"], -row["with_callees"][f"{measure}_bytes"]))
    shown = rows[:limit] if limit > 0 else rows
    header = ["peak", "blocks", "unfreed", "total", "calls", f"yours {measure}", f"with callees {measure}", "where"]
    cells = [header] + [_cells(row, measure) for row in shown]
    widths = [max(len(line[column]) for line in cells) for column in range(len(header) - 1)]
    text = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths)) + "  " + line[-1] for line in cells]
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
        _place(row["file"], row["line"], row["function"]),
    ]


def _place(file: Optional[str], line: Optional[int], function: Optional[str]) -> str:
    if file is None:
        return "(no Python line)"
    return f"{file}:{line} {function}"
