"""The live view: what the program holds now, refreshed ten times a second, or as often as answers come."""

import threading
import time
from typing import Callable, List, Optional, Sequence, Tuple, Union

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import Footer, Label, Static

from alloclens import _alloclens
from alloclens.live.first_screen import CHART, REFRESH, head_of, rss_of
from alloclens.live.source import Answers, LiveError, Local, Remote
from alloclens.reports.rows import Row, rows_of_functions
from alloclens.reports.timeline import chart
from alloclens.screens.line_table import LineTable
from alloclens.screens.output import Output
from alloclens.screens.stop import StopScreen
from alloclens.shapes import Json
from alloclens.units import duration_text

FUNCTIONS = 1000
"""Rows that are asked for: those with the most bytes."""
SPLIT = 8
"""Threads that are told apart, those with the most bytes."""
MEASURES = {"unfreed": "live now", "peak": "at the peak so far", "total": "allocated so far", "temporary": "temporary"}


class LiveApp(App[str]):
    """Its result says what is to become of the program: "stop", or "" to leave it alone."""

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = "DataTable"
    BINDINGS = [
        Binding("space", "pause", "Pause", priority=False),
        Binding("r", "mark", "Mark"),
        Binding("m", "measure", "Measure"),
        Binding("t", "split", "Split threads"),
        Binding("less_than_sign", "thread(-1)", "Thread before", show=False),
        Binding("greater_than_sign", "thread(1)", "Next thread"),
        Binding("x", "output", "Output"),
        Binding("q,ctrl+c", "leave", "Quit"),
    ]
    CSS = """
    #head, #shown { padding: 0 1; }
    #head { text-style: bold; }
    #chart { height: auto; padding: 0 1; }
    """

    def __init__(self, source: Union[Local, Remote], output: Optional[str] = None) -> None:
        super().__init__()
        self.source, self.output = source, output
        self.measure, self.thread, self.split = "unfreed", 0, False
        self.paused, self.alive = False, True
        self.marked_at: Optional[float] = None
        self.base: Optional[Sequence[Row]] = None
        self.rows: Sequence[Row] = []
        self.threads: List[Json] = []
        self.summary: Optional[Json] = None
        self.rss = 0
        self.wake, self.closing = threading.Event(), threading.Event()

    def compose(self) -> ComposeResult:
        yield Label("Reading…", id="head", markup=False)
        yield Static("", id="chart", markup=False)
        yield Label("", id="shown", markup=False)
        yield LineTable()
        if self.output:
            yield Output(self.output)
        yield Footer()

    def on_mount(self) -> None:
        self.run_worker(self._watch, thread=True)

    def on_unmount(self) -> None:
        self.closing.set()
        self.wake.set()

    def _watch(self) -> None:
        """In a thread of its own. Asking takes half of the time at most."""
        while not self.closing.is_set():
            began = time.monotonic()
            try:
                alive = self.source.is_alive()  # before it is looked for: it may begin and end in between
                if not self.source.is_there():
                    if not alive:
                        self._call(self.exit, "")  # it was never begun: what the program printed says why
                        return
                elif not self.paused:
                    self._call(self._show, *self._ask())
                    if not self.alive:
                        self._call(self.bell)
                        self.wake.wait()
            except (LiveError, _alloclens.CaptureError) as error:
                self._call(self._lose, str(error))
                return
            cost = time.monotonic() - began
            self.wake.wait(max(REFRESH - cost, cost))
            self.wake.clear()

    def _call(self, work: Callable[..., None], *arguments: object) -> None:
        if not self.closing.is_set():
            self.call_from_thread(work, *arguments)

    def _ask(self) -> Tuple[Answers, List[Row], str]:
        measure = self.measure
        functions: Json = {"query": "functions", "measure": measure, "limit": FUNCTIONS}
        overview: List[Json] = [{"query": "summary"}, {"query": "timeline", "points": 1000}, {"query": "threads"}]
        threads = self._chosen_threads(measure)
        questions = [{**functions, "scope": {"threads": [row["id"]]}} for row in threads] or [functions]
        answers = self.source.ask([*overview, *questions])
        names = [row["name"] or str(row["kernel_id"]) for row in threads] or [""]
        rows: List[Row] = []
        for name, answer in zip(names, answers.answers[3:]):
            rows += rows_of_functions(answer["functions"], measure, name)
        return answers, rows, measure

    def _chosen_threads(self, measure: str) -> List[Json]:
        """Those that are shown apart; none for all threads together."""
        if self.thread:
            return [row for row in self.threads if row["id"] == self.thread]
        largest = sorted(self.threads, key=lambda row: -int(row[f"{measure}_bytes"]))
        return largest[:SPLIT] if self.split else []

    def _show(self, answers: Answers, rows: List[Row], measure: str) -> None:
        summary, timeline, threads = answers.answers[:3]
        self.alive, self.threads = answers.alive, threads["threads"]
        self.query_one(LineTable).folder = summary["cwd"]
        self.summary, self.rss = summary, rss_of(timeline)
        self._head()
        self.query_one("#chart", Static).update("\n".join(chart(timeline, self.size.width - 2, CHART)))
        if measure == self.measure:
            self.rows = rows
            self._draw(summary[f"{measure}_bytes"])

    def _draw(self, total: int) -> None:
        words = [MEASURES[self.measure]]
        if self.marked_at is not None:
            words.append(f"growth since the mark at {duration_text(self.marked_at)}")
        if self.thread:
            words += [f"thread {row['name'] or row['kernel_id']}" for row in self.threads if row["id"] == self.thread]
        elif self.split:
            words.append(f"the {SPLIT} largest threads apart" if len(self.threads) > SPLIT else "threads apart")
        self.query_one("#shown", Label).update("Functions: bytes " + " · ".join(words))
        self.query_one(LineTable).show(self.rows, total, self.base)

    def _head(self) -> None:
        if self.summary:
            self.query_one("#head", Label).update(head_of(self.summary, self.rss, self._state(self.summary)))

    def _state(self, summary: Json) -> str:
        if self.alive:
            return "paused" if self.paused else "running"
        status = summary["exit_status"]
        return "ended" if status is None else f"ended with status {status}"

    def _lose(self, sentence: str) -> None:
        self.alive = False
        self.query_one("#head", Label).update(sentence)

    def action_pause(self) -> None:
        self.paused = not self.paused
        self._head()
        self.wake.set()

    def action_mark(self) -> None:
        """Sets a mark; where there is one, takes it away."""
        marked = self.base is None
        self.base = self.rows if marked else None
        self.marked_at = self.summary["duration_s"] if marked and self.summary else None
        self.wake.set()

    def action_measure(self) -> None:
        names = list(MEASURES)
        self.measure = names[(names.index(self.measure) + 1) % len(names)]
        self._unmark()

    def action_split(self) -> None:
        self.split, self.thread = not self.split, 0
        self._unmark()

    def action_thread(self, step: int) -> None:
        ids = [0, *(row["id"] for row in self.threads)]
        self.thread = ids[(ids.index(self.thread) + step) % len(ids)] if self.thread in ids else 0
        self._unmark()

    def _unmark(self) -> None:
        """Rows of another measure or thread can't be compared with those of the mark."""
        self.base, self.marked_at = None, None
        self.wake.set()

    def action_output(self) -> None:
        for panel in self.query(Output):
            panel.toggle_class("open")

    def action_leave(self) -> None:
        if self.output and self.alive:
            self.push_screen(StopScreen(), lambda answer: self.exit(answer) if answer is not None else None)
        else:
            self.exit("")
