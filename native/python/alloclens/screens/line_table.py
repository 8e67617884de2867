"""The table of lines with its sorting, filter and pages: `table` and the live view are built around it."""

from typing import List, Literal, Optional, Sequence, Tuple

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import DataTable, Input, Label

from alloclens.reports.rows import SORTS, Row, arranged, cells_of, page_of
from alloclens.reports.text import short_place

Column = Tuple[str, Optional[str], Literal["left", "right"]]
"""Title, the order that a click on it chooses, and the side that its cells stand at."""
COLUMNS: Tuple[Column, ...] = (
    ("own", "own", "right"),
    ("share", None, "right"),
    ("with callees", "callees", "right"),
    ("count", "count", "right"),
    ("function", "function", "left"),
    ("where", "place", "left"),
)
GROWTH: Column = ("since mark", None, "right")
LEAST_ROWS = 5


class LineTable(Vertical):
    """Shows what `show` was given; keys sort it, `/` filters, `n` and `p` turn pages."""

    BINDINGS = [
        Binding("o", "sort('own')", "Own"),
        Binding("c", "sort('callees')", "Callees"),
        Binding("a", "sort('count')", "Count"),
        Binding("f", "sort('function')", "Function"),
        Binding("w", "sort('place')", "Where"),
        Binding("slash", "filter", "Filter"),
        Binding("n", "page(1)", "Next page"),
        Binding("p", "page(-1)", "Previous page"),
    ]
    DEFAULT_CSS = """
    LineTable Input { display: none; height: 3; }
    LineTable Input.open { display: block; }
    LineTable DataTable { height: 1fr; }
    LineTable Label { color: $text-muted; }
    """

    def __init__(self, sort: str = "own", wanted: str = "", *, folder: str = "") -> None:
        super().__init__()
        self.sort, self.backwards, self.wanted, self.page = sort, False, wanted, 0
        self.headings: List[str] = []
        self.folder = folder
        """Of the program: places below it are shown without it."""
        self.rows: Sequence[Row] = []
        self.total = 0
        self.base: Optional[Sequence[Row]] = None

    def compose(self) -> ComposeResult:
        words = "Show only rows with this text; Enter keeps it, Escape shows all"
        yield Input(self.wanted, placeholder=words, disabled=True)
        yield DataTable(cursor_type="row", zebra_stripes=True)
        yield Label("", markup=False)

    def show(self, rows: Sequence[Row], total: int, base: Optional[Sequence[Row]] = None) -> None:
        """With a `base`, the growth of each line since then stands first."""
        self.rows, self.total, self.base = rows, total, base
        self.draw()

    def draw(self) -> None:
        table = self.query_one(DataTable)
        found = arranged(self.rows, self.sort, self.backwards, self.wanted)
        room = max(LEAST_ROWS, table.size.height - 1)
        shown, self.page, pages = page_of(found, self.page, room)
        cursor = table.cursor_row
        columns = COLUMNS if self.base is None else (GROWTH, *COLUMNS)
        headings = [self._heading(title, sort) for title, sort, _ in columns]
        table.clear(columns=headings != self.headings)
        if headings != self.headings:
            for heading, (title, sort, side) in zip(headings, columns):
                table.add_column(Text(heading, justify=side), key=sort or title)
            self.headings = headings
        before = {(row.function, row.place, row.thread): row for row in self.base or ()}
        nothing = Row(0, 0, 0, "", "", "")
        for row in shown:
            base = None if self.base is None else before.get((row.function, row.place, row.thread), nothing)
            short = row._replace(place=short_place(row.place, self.folder))
            cells = cells_of(short, self.total, base)
            table.add_row(*(Text(cell, justify=side) for cell, (_, _, side) in zip(cells, columns)))
        table.move_cursor(row=min(cursor, max(0, len(shown) - 1)))
        words = [f"{len(found)} of {len(self.rows)} lines", f"page {self.page + 1} of {pages}"]
        if self.wanted.strip():
            words.append(f"with “{self.wanted.strip()}”")
        self.query_one(Label).update(" · ".join(words))

    def _heading(self, title: str, sort: Optional[str]) -> str:
        return f"{title}{'▲' if self.backwards else '▼'}" if sort == self.sort else title

    def on_mount(self) -> None:
        self.query_one(DataTable).focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw)

    def action_sort(self, sort: str) -> None:
        """The same key again turns the order round."""
        self.backwards = not self.backwards if sort == self.sort else False
        self.sort = sort
        self.draw()

    def action_page(self, step: int) -> None:
        self.page += step
        self.draw()

    def action_filter(self) -> None:
        field = self.query_one(Input)
        field.disabled = False
        field.add_class("open")
        field.focus()

    def on_data_table_header_selected(self, event: "DataTable.HeaderSelected") -> None:
        if event.column_key.value in SORTS:
            self.action_sort(str(event.column_key.value))

    def on_input_changed(self, event: "Input.Changed") -> None:
        self.wanted, self.page = event.value, 0
        self.draw()

    def on_input_submitted(self) -> None:
        self._close_filter()

    def key_escape(self) -> None:
        self.query_one(Input).value = ""
        self._close_filter()

    def _close_filter(self) -> None:
        field = self.query_one(Input)
        field.remove_class("open")
        field.disabled = True  # or it would take keys while nobody sees it
        self.query_one(DataTable).focus()
