"""`tree`: who called what asked for memory; walked by keys in a terminal, printed whole elsewhere."""

from typing import List, NamedTuple, Optional, Tuple

from alloclens.capture import Capture
from alloclens.reports import command, scope
from alloclens.reports.text import dim, is_interactive, place_text, share_text
from alloclens.shapes import Json
from alloclens.units import bytes_text, count_text

UNINTERESTING = ("pass_through", "standard_library", "package", "native")
DEPTH = 60
"""Levels that are drawn: what lies deeper would stand outside any terminal."""
SMALLEST = 0.005
"""Share of the whole below which frames are printed as one, unless it is said how many are kept."""


class View(NamedTuple):
    """What the tree shows, as the keys change it."""

    measure: str
    inverted: bool = False
    hide_imports: bool = False
    hide_uninteresting: bool = False
    split_threads: bool = False
    hide_native: bool = False
    interpreter: bool = False


def main(words: List[str]) -> int:
    parser = command.parser(
        "tree",
        "Shows the calls that lead to the memory, largest first.",
        inverted="from what asked for memory up to its callers",
    )
    parser.add_argument("-b", "--biggest-allocs", type=scope.positive, metavar="N", help="frames that are kept")
    parser.add_argument("--hide-imports", action="store_true", help="without the memory of imported modules")
    parser.add_argument(
        "--hide-uninteresting", action="store_true", help="only frames of your code that hold memory themselves"
    )
    parser.add_argument("--hide-native", action="store_true", help="without native frames")
    parser.add_argument(
        "--interpreter",
        action="store_true",
        help="also native frames of the interpreter itself",
    )
    parser.add_argument("--static", action="store_true", help="print the tree, even to a terminal")
    scope.add_measure(parser)
    scope.add_scope(parser)
    scope.add_threads(parser)
    command.add_capture(parser)
    arguments = parser.parse_args(words)
    capture = command.read(arguments.capture)
    fields = scope.scope_of(arguments, capture)
    view = View(
        scope.measure_of(arguments),
        arguments.inverted,
        arguments.hide_imports,
        arguments.hide_uninteresting,
        arguments.split_threads,
        arguments.hide_native,
        arguments.interpreter,
    )
    if is_interactive() and not arguments.static and command.has_textual():
        from alloclens.screens.tree import TreeApp

        TreeApp(capture, fields, view, arguments.biggest_allocs or 3000).run()
    else:
        answer = ask(capture, fields, view, arguments.biggest_allocs or 200)
        command.print_lines(printed(answer, view, 0 if arguments.biggest_allocs else SMALLEST))
    return command.tell_what_is_amiss(capture.summary)


def ask(capture: Capture, fields: Json, view: View, nodes: int) -> Json:
    hide = ["imports"] if view.hide_imports else []
    if view.hide_uninteresting:
        hide += UNINTERESTING
    elif view.hide_native:
        hide.append("native")
    options: Json = {"hide": hide} if hide else {}
    if view.split_threads:
        options["split_threads"] = True
    if view.interpreter:
        options["interpreter"] = True
    return capture.query("tree", measure=view.measure, max_nodes=nodes, inverted=view.inverted, **options, **fields)


def name_of(node: Json) -> str:
    if node.get("folded"):
        return f"{count_text(node['folded'])} smaller frame{'s' if node['folded'] > 1 else ''}"
    return str(node["name"])


def figures_of(node: Json, total: int) -> str:
    return f"{bytes_text(node['bytes'])} {share_text(node['bytes'], total)}"


def place_of(node: Json) -> str:
    return place_text(node["file"], node["line"], None) if node["file"] else ""


def title_of(answer: Json, view: View) -> str:
    title = f"{bytes_text(answer['root']['bytes'])} {scope.MEASURES[view.measure]}"
    if answer.get("hidden_bytes"):
        title += f", without {bytes_text(answer['hidden_bytes'])} of imports"
    return title


def without_small(children: List[Json], least: float) -> List[Json]:
    """Those with fewer bytes are one, after the others."""
    kept = [child for child in children if child["bytes"] >= least and not child.get("folded")]
    small = [child for child in children if child["bytes"] < least or child.get("folded")]
    if len(small) < 2:
        return children
    sums = {name: sum(child[name] for child in small) for name in ("bytes", "own_bytes", "allocations")}
    frames = sum(child.get("folded") or 1 for child in small)
    return [*kept, {**small[0], **sums, "file": None, "children": [], "folded": frames}]


def printed(answer: Json, view: View, smallest: float = 0) -> List[str]:
    """Without recursion: stacks are deep."""
    total = answer["total_bytes"]
    lines = [title_of(answer, view), ""]
    waiting: List[Tuple[Optional[Json], str, str]] = [(answer["root"], "", "")]
    while waiting:
        node, before, below = waiting.pop()
        if node is None:
            lines.append(before + dim("… deeper calls; the flame graph shows them"))
            continue
        place = place_of(node)
        lines.append(f"{before}{figures_of(node, total)} {name_of(node)}" + (f" {dim(place)}" if place else ""))
        children = without_small(node["children"], smallest * total)
        if children and len(below) >= 3 * DEPTH:
            waiting.append((None, below + "└─ ", ""))
            continue
        for child in reversed(children):
            last = child is children[-1]
            waiting.append((child, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  ")))
    return lines
