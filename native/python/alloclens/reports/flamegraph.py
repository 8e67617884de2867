"""`flamegraph`: one HTML file with the editor's panel and all it needs inside, for a browser without any network."""

import argparse
import hashlib
import json
import os
import zlib
from binascii import b2a_base64
from typing import List, NamedTuple

from alloclens.capture import Capture
from alloclens.reports import command, scope
from alloclens.sentences import Refusal
from alloclens.shapes import Json

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "page")
LARGEST = 5_000_000
"""Bytes that the file has at most."""
SIZES = ((100_000, 64), (30_000, 64), (10_000, 64), (5_000, 32), (2_000, 16), (500, 8))
"""Frames and parts of time, the finest first: the first that fits is taken."""
POINTS = 2000
DIFF_FRAMES = 3000


class Choices(NamedTuple):
    """What the page shows at first."""

    measure: str = "peak"
    inverted: bool = False
    split_threads: bool = False
    hide_imports: bool = False
    only_allocations: bool = False


def main(words: List[str]) -> int:
    parser = command.parser(
        "flamegraph",
        "Writes a flame graph with a timeline and tables as one HTML file.",
        inverted="from what asked for memory up to its callers",
    )
    parser.add_argument("--hide-imports", action="store_true", help="without the memory of imported modules")
    parser.add_argument("--only-allocations", action="store_true", help="without frames that merely pass through")
    command.add_ignored(parser, "--temporal", "--no-web")
    parser.add_argument("--confidential-files", choices=("all", "none", "default"), help=argparse.SUPPRESS)
    parser.add_argument("--max-memory-records", type=scope.positive, default=POINTS, help=argparse.SUPPRESS)
    command.add_output(parser)
    scope.add_measure(parser)
    scope.add_scope(parser)
    scope.add_threads(parser)
    command.add_capture(parser)
    arguments = parser.parse_args(words)
    capture = command.read(arguments.capture, question(scope.part_of(arguments)))
    choices = Choices(
        scope.measure_of(arguments),
        arguments.inverted,
        arguments.split_threads,
        arguments.hide_imports,
        arguments.only_allocations,
    )
    fields = scope.scope_of(arguments, capture)
    with command.output(arguments, "html") as to:
        write(capture, to, choices, fields, points=arguments.max_memory_records)
    command.tell_written(to, arguments)
    return command.tell_what_is_amiss(capture.summary)


def question(fields: Json) -> Json:
    """The first of those that `write` asks, for a capture that is read for it."""
    frames, parts = SIZES[0]
    return {"query": "moments", "max_nodes": frames, "max_parts": parts, **_of_run(fields)}


def _of_run(fields: Json) -> Json:
    """Without the range: the page has all of the run."""
    whole = {name: value for name, value in fields.get("scope", {}).items() if name not in ("from_s", "to_s")}
    return {"scope": whole} if whole else {}


def write(capture: Capture, to: str, choices: Choices, fields: Json, *, base: str = "", points: int = POINTS) -> None:
    """With a `base`, the path of another capture, the graph shows what each frame had there."""
    title = os.path.basename(capture.path)
    if base:
        title = f"{os.path.basename(base)} → {title}"
    of_run = _of_run(fields)
    view: Json = {
        "measure": choices.measure,
        "inverted": choices.inverted,
        "splitThreads": choices.split_threads,
        "range": _range(fields.get("scope", {})),
    }
    data: Json = {
        "title": title,
        "path": os.path.abspath(capture.path),
        "view": {name: value for name, value in view.items() if value},
        "switches": {"hideImports": choices.hide_imports, "onlyAllocations": choices.only_allocations},
        "summary": capture.query("summary", **of_run),
        "timeline": capture.query("timeline", points=points),
        "allocators": capture.query("allocators", **of_run)["allocators"],
        "sizes": capture.query("sizes", **of_run)["sizes"],
    }
    for frames, parts in SIZES:
        if base:
            data["diff"] = _diff(capture, base, min(frames, DIFF_FRAMES), of_run)
        data["moments"] = capture.query("moments", max_nodes=frames, max_parts=parts, **of_run)
        text = page(title, data)
        if len(text) <= LARGEST:
            break
    with command.create(to) as file:
        file.write(text)


def _diff(capture: Capture, base: str, frames: int, of_run: Json) -> Json:
    def tree(measure: str, inverted: bool) -> Json:
        options: Json = {"measure": measure, "max_nodes": frames, "inverted": inverted, **of_run}
        answer = capture.query("diff_tree", base=base, **options)
        return {**answer, "root": None, "nodes": _flat(answer["root"])}

    return {measure: {"down": tree(measure, False), "up": tree(measure, True)} for measure in scope.MEASURES}


def _flat(root: Json) -> List[Json]:
    """Parents first, without the nesting that a deep recursion has."""
    nodes: List[Json] = []
    waiting = [(root, -1)]
    while waiting:
        node, parent = waiting.pop()
        children = node.pop("children")
        nodes.append({**node, "parent": parent})
        waiting += ((child, len(nodes) - 1) for child in reversed(children))
    return nodes


def _range(given: Json) -> "Json | None":
    if "from_s" not in given and "to_s" not in given:
        return None
    return {"from_s": given.get("from_s"), "to_s": given.get("to_s")}


def page(title: str, data: Json) -> bytes:
    """A page that may do nothing but run its own script with its own styles: nothing of a capture becomes HTML."""
    script, style = _part("main.js"), _part("main.css")
    gzip = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    packed = gzip.compress(json.dumps(data, separators=(",", ":")).encode()) + gzip.flush()
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    return b"".join(
        [
            b"<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n",
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'.encode(),
            b'<meta name=viewport content="width=device-width, initial-scale=1">\n',
            f"<title>{_escaped(title)} · AllocLens</title>\n".encode(),
            b"<style>" + style + b"</style>\n</head>\n<body>\n",
            b"<script type=application/json id=data>" + b2a_base64(packed, newline=False) + b"</script>\n",
            b"<noscript>This page draws its figures by a script of its own, which is switched off here.</noscript>\n",
            b"<script>" + script + b"</script>\n</body>\n</html>\n",
        ]
    )


def _part(name: str) -> bytes:
    try:
        with open(os.path.join(PAGE, name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise Refusal(
            f"The page's {name} is missing. Install AllocLens again, or in a checkout build it: npm run build."
        ) from None


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _hash(content: bytes) -> str:
    return "sha256-" + b2a_base64(hashlib.sha256(content).digest(), newline=False).decode()
