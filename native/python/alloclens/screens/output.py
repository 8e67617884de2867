"""What the program printed: the end of the file that its output goes to."""

import os

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Label, Static

SHOWN = 16_384
"""Bytes of the end that are looked at."""


class Output(Vertical):
    DEFAULT_CSS = """
    Output { display: none; height: 40%; border-top: solid $primary; }
    Output.open { display: block; }
    Output Label { color: $text-muted; }
    """

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def compose(self) -> ComposeResult:
        yield Label("The program's output", markup=False)
        yield Static("", markup=False)

    def on_mount(self) -> None:
        self.set_interval(0.2, self.read)

    def read(self) -> None:
        if not self.has_class("open"):
            return
        with open(self.path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - SHOWN))
            lines = file.read().decode("utf-8", "replace").splitlines()
        room = max(1, self.size.height - 2)
        self.query_one(Static).update("\n".join(lines[-room:]))
