"""Figures of tests as a file: a report for tools, and a baseline for later runs."""

import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from alloclens import __version__
from alloclens.testing.units import size_text

FORMAT = 1

Tests = Dict[str, Dict[str, Any]]


class BaselineError(Exception):
    """A sentence for the user."""


def write(path: Path, tests: Tests) -> None:
    """docs/pytest.md has the shape."""
    content = {
        "alloclens": __version__,
        "format": FORMAT,
        "python": "%d.%d.%d" % sys.version_info[:3],
        "tests": {nodeid: tests[nodeid] for nodeid in sorted(tests)},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> Tests:
    """Raises BaselineError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] > FORMAT:
            raise BaselineError(f"{path} was written by a newer AllocLens ({content['alloclens']}): update this one.")
        tests: Tests = dict(content["tests"].items())
    except OSError as error:
        raise BaselineError(f"The baseline {path} can't be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BaselineError(f"{path} is no baseline. Write one with --alloclens-json-report {path}.") from None
    return tests


def percent(text: str) -> float:
    """`5` or `5%`: a number alone is pytest-memray's, and always a share. Raises ValueError."""
    value = float(text[:-1] if text.endswith("%") else text)
    if not 0 <= value < float("inf"):
        raise ValueError(text)
    return value


def grown(before: Optional[Dict[str, Any]], after: Dict[str, Any], percent: float) -> bool:
    """Whether the peak has grown by more than `percent`. Figures of different details say nothing."""
    if before is None or before.get("detail") != after["detail"] or "peak_bytes" not in before:
        return False
    limit: float = before["peak_bytes"] * (1 + percent / 100)
    peak: int = after["peak_bytes"]
    return peak > limit


def compare(before: Tests, after: Tests, percent: float) -> "Tuple[List[str], bool]":
    """A Markdown table of the tests whose peak differs, largest growth first; True when one has grown by more."""
    rows = []
    for nodeid in before.keys() & after.keys():
        old, new = before[nodeid], after[nodeid]
        if "peak_bytes" in old and "peak_bytes" in new and old["peak_bytes"] != new["peak_bytes"]:
            rows.append((new["peak_bytes"] - old["peak_bytes"], nodeid, old, new))
    rows.sort(key=lambda row: (-row[0], row[1]))
    lines = ["| test | peak before | peak after | change |", "|---|---:|---:|---:|"]
    for change, nodeid, old, new in rows:
        share = f"{change / old['peak_bytes']:+.1%}" if old["peak_bytes"] else "new"
        cells = (f"`{nodeid}`", size_text(old["peak_bytes"]), size_text(new["peak_bytes"]), share)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    counts = [(len(after.keys() - before.keys()), "new"), (len(before.keys() - after.keys()), "gone")]
    same = len(before.keys() & after.keys()) - len(rows)
    lines += ["", ", ".join([f"{same} unchanged"] + [f"{count} {name}" for count, name in counts if count])]
    return lines, any(grown(old, new, percent) for _, _, old, new in rows)


def main(words: "List[str]") -> int:
    """`alloclens tests BEFORE AFTER`: exit status 0, 1 when a test grew by more than allowed, 2 for wrong usage."""
    from alloclens.reports.command import parser as parser_of
    from alloclens.sentences import say

    parser = parser_of("tests", "Compares two --alloclens-json-report files, in Markdown.")
    parser.add_argument(
        "--fail-on-increase",
        type=percent,
        metavar="PERCENT",
        help="exit with 1 when a peak grew by more: 5%%, or 5 as pytest takes it",
    )
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    arguments = parser.parse_args(words)
    try:
        lines, failed = compare(read(arguments.before), read(arguments.after), arguments.fail_on_increase or 0.0)
    except BaselineError as error:
        say(str(error))
        return 2
    print("\n".join(lines))
    return 1 if failed and arguments.fail_on_increase is not None else 0
