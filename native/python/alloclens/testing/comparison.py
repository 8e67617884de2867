"""`alloclens tests`: compares two reports of tests, in Markdown that fits into a comment."""

from pathlib import Path
from typing import List, NamedTuple

from alloclens.testing import baseline
from alloclens.testing.units import percent_argument, size_text

GREW = 1
"""Exit status when a peak grew by more than --fail-on-increase allows."""

#: Of an id, in characters: comments of GitHub have 65,536 at most.
_LONGEST_ID = 300


class Row(NamedTuple):
    """A test that is in both reports and differs."""

    nodeid: str
    before: int
    after: int
    is_comparable: bool
    has_grown: bool

    @property
    def change(self) -> int:
        return self.after - self.before

    @property
    def cells(self) -> "List[str]":
        if not self.is_comparable:
            share = "not comparable"
        else:
            share = f"{self.change / self.before:+.1%}" if self.before else f"+{size_text(self.change)}"
        return [_code(self.nodeid), size_text(self.before), size_text(self.after), share]


class Comparison:
    """`percent`: what a peak may grow by."""

    def __init__(self, before: baseline.Tests, after: baseline.Tests, percent: float) -> None:
        self._rows = [
            Row(
                nodeid,
                before[nodeid]["peak_bytes"],
                after[nodeid]["peak_bytes"],
                is_comparable=baseline.is_comparable(before[nodeid], after[nodeid]),
                has_grown=baseline.has_grown(before[nodeid], after[nodeid], percent),
            )
            for nodeid in before.keys() & after.keys()
        ]
        self._new = len(after.keys() - before.keys())
        self._gone = len(before.keys() - after.keys())

    @property
    def has_grown(self) -> bool:
        return any(row.is_comparable and row.has_grown for row in self._rows)

    @property
    def says_nothing(self) -> bool:
        """Whether no test of both could be compared."""
        return bool(self._rows) and not any(row.is_comparable for row in self._rows)

    def markdown(self, most: int) -> List[str]:
        """At most so many rows: what has grown by too much, then the largest changes."""
        shown = [row for row in self._rows if row.change]
        shown.sort(key=lambda row: (not row.is_comparable, not row.has_grown, -abs(row.change), row.nodeid))
        left = len(shown) - most
        lines = ["| test | peak before | peak after | change |", "|---|---:|---:|---:|"]
        for row in sorted(shown[:most], key=lambda row: (not row.is_comparable, -row.change, row.nodeid)):
            lines.append("| " + " | ".join(row.cells) + " |")
        if left > 0:
            lines.append(f"| and {left} more | | | |")
        same = sum(row.is_comparable and not row.change for row in self._rows)
        others = sum(not row.is_comparable for row in self._rows)
        counts = [(others, "not comparable"), (self._new, "new"), (self._gone, "gone")]
        return [*lines, "", ", ".join([f"{same} unchanged"] + [f"{count} {name}" for count, name in counts if count])]


def main(words: "List[str]") -> int:
    """Exit status 0, GREW, or 2 for wrong usage."""
    from alloclens.reports import command, scope
    from alloclens.sentences import say

    parser = command.parser("tests", "Compares two --alloclens-json-report files, in Markdown.")
    parser.add_argument(
        "--fail-on-increase",
        type=percent_argument,
        metavar="PERCENT",
        help=f"exit with {GREW} when a peak grew by more, such as 10%% or 10",
    )
    parser.add_argument("--limit", type=scope.positive, default=50, metavar="N", help="rows of the table (50)")
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    arguments = parser.parse_args(words)
    percent = arguments.fail_on_increase
    try:
        before, after = baseline.read(arguments.before), baseline.read(arguments.after)
    except baseline.BaselineError as error:
        say(str(error))
        return 2
    comparison = Comparison(before, after, percent or 0.0)
    print("\n".join(comparison.markdown(arguments.limit)))
    if comparison.says_nothing:
        say(
            "No test can be compared: that takes figures of detail objects on both sides. "
            "Record both with --alloclens-detail objects."
        )
    if percent is None:
        return 0
    return 2 if comparison.says_nothing else GREW if comparison.has_grown else 0


def _code(nodeid: str) -> str:
    """A code span in a cell, whatever backticks it has."""
    text = nodeid if len(nodeid) <= _LONGEST_ID else nodeid[: _LONGEST_ID - 1] + "…"
    text = text.replace("|", "\\|")
    fence = "`"
    while fence in text:
        fence += "`"
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"
