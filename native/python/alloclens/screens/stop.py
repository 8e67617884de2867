"""Asks what is to become of a program whose viewer leaves."""

from typing import Optional

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import Label


class StopScreen(ModalScreen[Optional[str]]):
    BINDINGS = [
        Binding("y", "answer('stop')", "Stop"),
        Binding("n", "answer('')", "Leave running"),
        Binding("escape", "back", "Back"),
    ]
    CSS = """
    StopScreen { align: center middle; }
    StopScreen Label { width: auto; padding: 1 3; border: round $warning; background: $surface; }
    """

    def compose(self) -> ComposeResult:
        yield Label("Stop the program?   y stops it   n leaves it running   Escape goes on watching", markup=False)

    def action_answer(self, answer: str) -> None:
        self.dismiss(answer)

    def action_back(self) -> None:
        self.dismiss(None)
