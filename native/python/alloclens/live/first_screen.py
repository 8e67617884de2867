"""What a live view shows until textual is imported, which takes longer than a person likes to look at nothing."""

import shutil
import sys
import termios
import threading
import tty
from types import TracebackType
from typing import List, Optional, Type, Union

from alloclens import _alloclens
from alloclens.live.source import Answers, LiveError, Local, Remote
from alloclens.reports.rows import arranged, cells_of, rows_of_functions
from alloclens.reports.text import LEFT, RIGHT, columns, short_place
from alloclens.reports.timeline import chart
from alloclens.shapes import Json
from alloclens.units import bytes_text, count_text, duration_text

REFRESH = 0.1
CHART = 6
"""Rows of the curve."""


class FirstScreen:
    """`with FirstScreen(source):` around the import. Leaves the terminal as textual wants to find it."""

    def __init__(self, source: Union[Local, Remote]) -> None:
        self.source = source
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "FirstScreen":
        # Keys that are pressed meanwhile are not shown, and wait for the view.
        self.modes = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin, termios.TCSANOW)
        _write("\033[?1049h\033[?25l\033[H\033[2J\033[1m AllocLens · starting\033[0m")
        self.thread.start()
        return self

    def __exit__(
        self, kind: "Optional[Type[BaseException]]", error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.stopping.set()
        self.thread.join()
        termios.tcsetattr(sys.stdin, termios.TCSANOW, self.modes)
        if kind:
            _write("\033[?25h\033[?1049l")

    def _watch(self) -> None:
        requests: List[Json] = [
            {"query": "summary"},
            {"query": "timeline", "points": 1000},
            {"query": "functions", "measure": "unfreed", "limit": 100},
        ]
        try:
            while not self.stopping.is_set():
                if self.source.is_there():
                    _draw(page(self.source.ask(requests), *shutil.get_terminal_size()))
                    self.stopping.wait(REFRESH)
                else:
                    self.stopping.wait(0.01)
        except (_alloclens.CaptureError, LiveError):
            pass  # the view that comes says why


def page(answers: Answers, width: int, height: int) -> List[str]:
    """As the view draws it, as far as that needs no textual."""
    summary, timeline, functions = answers.answers
    total = summary["unfreed_bytes"]
    found = arranged(rows_of_functions(functions["functions"], "unfreed"), "own")
    rows = [row._replace(place=short_place(row.place, summary["cwd"])) for row in found]
    header = ["own", "share", "with callees", "count", "function", "where"]
    table = columns(header, [cells_of(row, total) for row in rows], RIGHT * 4 + LEFT * 2)
    state = "running" if answers.alive else "ended"
    head = [f"\033[1m {head_of(summary, rss_of(timeline), state)[: width - 2]}\033[0m"]
    curve = [f" {line}" for line in chart(timeline, width - 2, CHART)]
    return [*head, *curve, " Functions: bytes live now", *(f" {line}"[:width] for line in table)][:height]


def head_of(summary: Json, rss: int, state: str) -> str:
    return " · ".join(
        [
            f"AllocLens {' '.join(summary['command'][1:])[:60]}",
            f"pid {summary['pid']} {state} {duration_text(summary['duration_s'])}",
            f"heap {bytes_text(summary['unfreed_bytes'])}",
            f"peak {bytes_text(summary['peak_bytes'])}",
            f"RSS {bytes_text(rss)}",
            f"{count_text(summary['total_allocations'])} allocations",
        ]
    )


def rss_of(timeline: Json) -> int:
    """The last sample."""
    known: List[int] = [value for value in timeline["rss"] if value is not None]
    return known[-1] if known else 0


def _draw(lines: List[str]) -> None:
    _write("\033[H" + "\033[K\r\n".join(lines) + "\033[K\033[J")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
