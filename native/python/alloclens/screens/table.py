"""`table` in a terminal."""

from typing import Sequence

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import Footer, Label

from alloclens.reports.rows import Row
from alloclens.screens.line_table import LineTable


class TableApp(App[None]):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [Binding("q,ctrl+c", "quit", "Quit")]
    AUTO_FOCUS = "DataTable"
    CSS = "#title { text-style: bold; padding: 0 1; }"

    def __init__(self, table: LineTable, rows: Sequence[Row], total: int, title: str) -> None:
        super().__init__()
        self.table, self.rows, self.total, self.words = table, rows, total, title

    def compose(self) -> ComposeResult:
        yield Label(self.words, id="title", markup=False)
        yield self.table
        yield Footer()

    def on_mount(self) -> None:
        self.table.show(self.rows, self.total)
