"""The answer to `diff` as pages: for a terminal, and in Markdown for a comment on a pull request."""

from typing import List, NamedTuple, Sequence

from alloclens.reports.rows import growth_text
from alloclens.reports.scope import MEASURES
from alloclens.reports.text import LEFT, RIGHT, bold, columns, place_text, short_place
from alloclens.shapes import Json
from alloclens.units import bytes_text, count_text


class Change(NamedTuple):
    before: int
    after: int
    where: str

    @property
    def cells(self) -> List[str]:
        return [growth_text(self.after - self.before), bytes_text(self.before), bytes_text(self.after)]


class Section(NamedTuple):
    title: str
    changes: Sequence[Change]


def text_page(answer: Json, measure: str, rows: int) -> List[str]:
    header = [f"bytes {MEASURES[measure]}", "change", "before", "after"]
    lines = columns(header, _totals(answer, measure), LEFT + RIGHT * 2 + LEFT)
    for section in _sections(answer, measure):
        lines += ["", bold(section.title)]
        if not section.changes:
            lines.append("No change.")
            continue
        cells = [[*change.cells, change.where] for change in section.changes[:rows]]
        lines += columns(["change", "before", "after", "where"], cells, RIGHT * 3 + LEFT)
        if len(section.changes) > rows:
            lines.append(f"… and {len(section.changes) - rows} more; --limit shows more.")
    return lines


def markdown_page(answer: Json, measure: str, rows: int, verdict: str) -> List[str]:
    """`verdict` is a sentence, empty when nothing is wrong."""
    size = f"{measure}_bytes"
    before, after = answer["before"][size], answer["after"][size]
    share = f", {(after - before) / before:+.1%}".replace("-", "\u2212") if before else ""
    lines = [f"### Bytes {MEASURES[measure]}: {growth_text(after - before)}{share}", ""]
    if verdict:
        lines += [f"**{verdict}**", ""]
    lines += _table(["", "change", "before", "after"], _totals(answer, measure))
    folder = answer["after"]["cwd"]
    for section in _sections(answer, measure):
        if not section.changes:
            lines += ["", f"{section.title}: no change."]
            continue
        cells = [[f"`{_code(short_place(change.where, folder))}`", *change.cells] for change in section.changes[:rows]]
        left = len(section.changes) - len(cells)
        more = [[f"and {left} more", "", "", ""]] if left else []
        lines += ["", *_table([section.title, "change", "before", "after"], cells + more)]
    notes = [*answer["after"]["notes"], *answer["before"]["notes"]]
    return lines + ["", *(f"> {note}" for note in notes)] if notes else lines


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> List[str]:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _code(text: str) -> str:
    """Between backticks, in a cell."""
    return text.replace("`", "'").replace("|", "\\|")


def _totals(answer: Json, measure: str) -> List[List[str]]:
    before, after = answer["before"], answer["after"]

    def row(name: str, field: str) -> List[str]:
        return [name, *Change(before[field], after[field], "").cells]

    count = f"{measure}_allocations"
    counts = [_count_growth(after[count] - before[count]), count_text(before[count]), count_text(after[count])]
    name = "allocations" if measure in ("total", "temporary") else "blocks"
    return [row("total", f"{measure}_bytes"), [name, *counts], row("peak RSS", "peak_rss_bytes")]


def _sections(answer: Json, measure: str) -> List[Section]:
    size = f"{measure}_bytes"
    lines = [
        Change(row["before"][size], row["after"][size], place_text(row["file"], row["line"], row["function"]))
        for row in answer["lines"]
    ]
    functions = [
        Change(
            row["before"]["with_callees"][size],
            row["after"]["with_callees"][size],
            place_text(row["file"], row["first_line"], row["function"]),
        )
        for row in answer["functions"]
    ]
    return [
        Section("Lines, own bytes", _largest_first(lines)),
        Section("Functions, bytes with callees", _largest_first(functions)),
    ]


def _largest_first(changes: Sequence[Change]) -> List[Change]:
    """Whichever their direction."""
    changed = [change for change in changes if change.before != change.after]
    return sorted(changed, key=lambda change: (-abs(change.after - change.before), change.where))


def _count_growth(count: int) -> str:
    return f"+{count_text(count)}" if count > 0 else f"\u2212{count_text(-count)}" if count else "0"
