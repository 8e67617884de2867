"""The rows of `table` and of the live view: made of core's lines, sorted, filtered and cut into pages. Pure."""

from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from alloclens.reports.text import place_text, share_text
from alloclens.shapes import Json
from alloclens.units import bytes_text, count_text


class Row(NamedTuple):
    own: int
    """Bytes of the measure, of the line itself."""
    allocations: int
    with_callees: int
    function: str
    place: str
    thread: str


def rows_of(lines: Sequence[Json], measure: str, thread: str = "") -> List[Row]:
    """Lines without bytes of the measure are left out."""
    size, count = f"{measure}_bytes", f"{measure}_allocations"
    return [
        Row(
            row[size],
            row[count],
            row["with_callees"][size],
            row["function"] or "(no Python line)",
            place_text(row["file"], row["line"], None) if row["file"] else "",
            thread,
        )
        for row in lines
        if row["with_callees"][size] or row[size]
    ]


def rows_of_functions(functions: Sequence[Json], measure: str, thread: str = "") -> List[Row]:
    size, count = f"{measure}_bytes", f"{measure}_allocations"
    return [
        Row(
            row["own"][size],
            row["own"][count],
            row["with_callees"][size],
            row["function"],
            place_text(row["file"], row["first_line"], None) if row["file"] else "",
            thread,
        )
        for row in functions
        if row["with_callees"][size]
    ]


Key = Callable[[Row], Tuple[object, ...]]
SORTS: Dict[str, Key] = {
    "own": lambda row: (-row.own, -row.with_callees, row.place),
    "callees": lambda row: (-row.with_callees, -row.own, row.place),
    "count": lambda row: (-row.allocations, -row.own, row.place),
    "function": lambda row: (row.function, row.place),
    "place": lambda row: (row.place, row.function),
}


def arranged(rows: Sequence[Row], sort: str, backwards: bool = False, wanted: str = "") -> List[Row]:
    """Those in whose function, place or thread `wanted` stands, as it is, whatever the case."""
    term = wanted.strip().lower()
    found = [row for row in rows if term in f"{row.function} {row.place} {row.thread}".lower()] if term else list(rows)
    found.sort(key=SORTS[sort], reverse=backwards)
    return found


def page_of(rows: Sequence[Row], page: int, size: int) -> Tuple[Sequence[Row], int, int]:
    """The rows of a page (counted from 0, moved into what there is), its number, and how many pages there are."""
    pages = max(1, -(-len(rows) // size))
    page = max(0, min(page, pages - 1))
    return rows[page * size : (page + 1) * size], page, pages


def cells_of(row: Row, total: int, base: Optional[Row] = None) -> List[str]:
    """Own, share, with callees, count, function, place; with a `base` the growth since then before them."""
    cells = [
        bytes_text(row.own),
        share_text(row.own, total),
        bytes_text(row.with_callees),
        count_text(row.allocations),
        row.function,
        row.place,
    ]
    return cells if base is None else [growth_text(row.own - base.own), *cells]


def growth_text(size: int) -> str:
    return f"+{bytes_text(size)}" if size > 0 else bytes_text(size)
