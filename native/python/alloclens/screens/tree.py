"""`tree` in a terminal: arrows walk and unfold it, other keys choose what it is of."""

from typing import Any, Dict, List, Tuple

from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import Footer, Label, Tree
from textual.widgets.tree import TreeNode

from alloclens.capture import Capture
from alloclens.reports.scope import MEASURES
from alloclens.reports.tree import View, ask, figures_of, name_of, place_of, title_of
from alloclens.shapes import Json
from alloclens.units import bytes_text, count_text

OPEN = 3
"""Levels that are unfolded at first, along the largest child."""
PATIENCE = 0.3
"""Seconds after which an answer that is not there yet is told of."""


class TreeApp(App[None]):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [
        Binding("i", "change('hide_imports')", "Imports"),
        Binding("u", "change('hide_uninteresting')", "Uninteresting"),
        Binding("t", "change('split_threads')", "Threads"),
        Binding("v", "change('inverted')", "Invert"),
        Binding("m", "measure", "Measure"),
        Binding("e", "unfold", "Unfold all below"),
        Binding("q,ctrl+c", "quit", "Quit"),
    ]
    CSS = """
    #title { text-style: bold; padding: 0 1; }
    #detail { padding: 0 1; color: $text-muted; }
    Tree { height: 1fr; }
    """

    def __init__(self, capture: Capture, fields: Json, view: View, nodes: int) -> None:
        super().__init__()
        self.capture, self.fields, self.view, self.nodes = capture, fields, view, nodes
        self.capture.progress = self._tell_progress  # a bar would stand across the tree
        self.total = 0
        self.asked = 0
        self.answered = 0

    def compose(self) -> ComposeResult:
        yield Label("", id="title", markup=False)
        yield Tree("")
        yield Label("", id="detail", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        self._ask()

    def action_change(self, what: str) -> None:
        self.view = View(**{**self.view._asdict(), what: not getattr(self.view, what)})
        self._ask()

    def action_measure(self) -> None:
        names = list(MEASURES)
        self.view = self.view._replace(measure=names[(names.index(self.view.measure) + 1) % len(names)])
        self._ask()

    def action_unfold(self) -> None:
        node = self.query_one(Tree).cursor_node
        waiting: List[TreeNode[Json]] = [node] if node else []
        while waiting:
            at = waiting.pop()
            self._fill(at)
            at.expand()
            waiting += at.children

    def on_tree_node_expanded(self, event: "Tree.NodeExpanded[Json]") -> None:
        self._fill(event.node)

    def on_tree_node_highlighted(self, event: "Tree.NodeHighlighted[Json]") -> None:
        node = event.node.data
        if node is None:
            return
        words = [
            place_of(node),
            f"own {bytes_text(node['own_bytes'])}",
            f"{count_text(node['allocations'])} allocations",
        ]
        self.query_one("#detail", Label).update(" · ".join(word for word in words if word))

    def _ask(self) -> None:
        self.asked += 1
        self.set_timer(PATIENCE, self._tell_waiting)
        self._answer(self.asked, self.view)

    @work(thread=True)
    def _answer(self, number: int, view: View) -> None:
        """Beside the screen: of millions of stacks it takes seconds."""
        if number == self.asked:
            answer = ask(self.capture, self.fields, view, self.nodes)
            self.call_from_thread(self._show, number, answer)

    def _tell_waiting(self) -> None:
        if self.answered < self.asked and not self.query_one(Tree).loading:
            self.query_one(Tree).loading = True
            self.query_one("#title", Label).update("Adding up…")

    def _tell_progress(self, done: int, total: int) -> None:
        """Called by the thread that answers; what is raised here ends its reading."""
        if not self.is_running:
            raise KeyboardInterrupt
        if total:
            percent = 100 * done // total
            self.call_from_thread(
                self.query_one("#title", Label).update, f"Reading the capture once more… {percent}\u00a0%"
            )

    def _show(self, number: int, answer: Json) -> None:
        self.answered = number
        if number < self.asked:
            return
        self.total = answer["total_bytes"]
        self.query_one("#title", Label).update(title_of(answer, self.view) + self._choices())
        tree: Tree[Json] = self.query_one(Tree)
        tree.loading = False
        tree.clear()
        tree.root.data = answer["root"]
        tree.root.set_label(self._label(answer["root"]))
        at = tree.root
        for _ in range(OPEN):
            self._fill(at)
            at.expand()
            if not at.children:
                break
            at = at.children[0]
        tree.focus()

    def _choices(self) -> str:
        chosen: Dict[str, Any] = {
            "callers below": self.view.inverted,
            "uninteresting frames hidden": self.view.hide_uninteresting,
            "threads apart": self.view.split_threads,
        }
        return "".join(f" · {words}" for words, on in chosen.items() if on)

    def _fill(self, at: "TreeNode[Json]") -> None:
        """Children are made when their parent is unfolded: a tree has thousands."""
        if at.data is None or at.children:
            return
        for child in at.data["children"]:
            at.add(self._label(child), data=child, allow_expand=bool(child["children"]))

    def _label(self, node: Json) -> Text:
        parts: List[Tuple[str, str]] = [(figures_of(node, self.total), "bold"), (f" {name_of(node)}", "")]
        if node["file"]:
            parts.append((f" {place_of(node).rpartition('/')[2]}", "dim"))
        return Text.assemble(*parts)
