"""Reads captures: `alloclens.Capture(path)`. All figures are core's own; docs/python-api.md explains them."""

import json
import os
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Optional, Tuple, Union

from alloclens import _alloclens
from alloclens.deep_json import parse
from alloclens.shapes import Frame, Json, Record, Snapshot

if TYPE_CHECKING:
    import pyarrow

Progress = Callable[[int, int], object]
PAGE = 100_000
"""Rows that are asked for at a time."""


class Capture:
    """A capture that has been read. It may still grow: `update` reads what was appended since.

    Raises `alloclens.CaptureError` when there is no capture at the path or nothing of it can be read. Damage further
    on is told by `notes`, and all that is whole is there.
    """

    def __init__(
        self,
        path: "Union[str, os.PathLike[str]]",
        *,
        progress: Optional[Progress] = None,
        question: Optional[Json] = None,
    ) -> None:
        """`progress(done, total)` is called with bytes while the file is read; what it raises ends the reading.

        When the question that comes first is known, `query` and its fields, the file is read once for both.
        """
        self.path = os.fspath(path)
        self.progress = progress
        """Called while questions are answered, too: one about a range goes through the file again."""
        self._open = _alloclens.open(
            os.fsencode(self.path), progress, json.dumps(question).encode() if question else b""
        )

    def __repr__(self) -> str:
        return f"Capture({self.path!r})"

    def update(self) -> bool:
        """Reads what was appended since; True when anything was."""
        return _alloclens.update(self._open, self.progress)

    def query(self, name: str, **fields: Any) -> Json:
        """Core's answer to one question: extension/shared/capture.ts lists the questions and the answers' shapes."""
        answer: Json = parse(self.query_text(name, **fields))
        return answer

    def query_text(self, name: str, **fields: Any) -> str:
        """The same as JSON text."""
        [text] = _alloclens.ask(self._open, [json.dumps({"query": name, **fields}).encode()], self.progress)
        return text

    @property
    def summary(self) -> Json:
        """Totals of the run, and its metadata: command, start, duration, Python version…"""
        return self.query("summary")

    @property
    def notes(self) -> List[str]:
        """Sentences about what is missing or uncertain; empty when all is well."""
        notes: List[str] = self.summary["notes"]
        return notes

    def lines(self, **scope: Any) -> List[Json]:
        """One row per line of code that asked for memory, with own figures, yours and with callees."""
        rows: List[Json] = self.query("lines", scope=scope)["rows"]
        return rows

    def functions(self, measure: str = "peak", limit: Optional[int] = None, **scope: Any) -> List[Json]:
        """One row per function, those with the most bytes of the measure first."""
        fields: Json = {"scope": scope} if limit is None else {"scope": scope, "limit": limit}
        rows: List[Json] = self.query("functions", measure=measure, **fields)["functions"]
        return rows

    def snapshots(self, points: int = 1000, **scope: Any) -> Iterator[Snapshot]:
        """Heap and resident memory over time, in at most so many steps; all but the heap is the whole process's."""
        timeline = self.query("timeline", points=points, scope=scope)
        series = (timeline[name] for name in ("times", "heap", "rss", "arenas") if name in timeline)
        return (Snapshot(*step) for step in zip(*series))

    def records(self, measure: str = "peak", **scope: Any) -> Iterator[Record]:
        """What each stack, thread and allocator holds of the measure, most bytes first; scopes: docs/python-api.md."""
        stacks, frames = self._stacks(), self._frames()
        threads = {row["id"]: row["name"] or str(row["kernel_id"]) for row in self.query("threads")["threads"]}
        known: Dict[int, Tuple[Frame, ...]] = {}
        for page in self._pages("records", measure=measure, scope=scope):
            columns = (page[name] for name in ("bytes", "allocations", "thread", "allocator", "stack"))
            for size, count, thread, allocator, stack in zip(*columns):
                if stack not in known:
                    known[stack] = _path(stack, stacks, frames)
                yield Record(size, count, threads.get(thread, ""), allocator, known[stack])

    def arrow(self, measure: str = "peak", **scope: Any) -> "pyarrow.Table":
        """The records as a table: bytes, allocations, thread, allocator and stack, a list of frames. Needs pyarrow."""
        from alloclens.arrow import table

        return table(self.records(measure, **scope))

    def _stacks(self) -> "List[Tuple[int, int]]":
        """Of each stack its caller's number and its frame's."""
        stacks: List[Tuple[int, int]] = []
        for page in self._pages("stacks"):
            stacks += zip(page["parent"], page["frame"])
        return stacks

    def _frames(self) -> List[Frame]:
        frames: List[Frame] = []
        for page in self._pages("frames"):
            columns = (page[name] for name in ("function", "file", "line", "origin"))
            frames += (Frame(function or "?", file, line, origin) for function, file, line, origin in zip(*columns))
        return frames

    def _pages(self, name: str, **fields: Any) -> Iterator[Json]:
        """A capture may have millions of rows: they come in pieces."""
        offset, total = 0, 1
        while offset < total:
            page = self.query(name, offset=offset, limit=PAGE, **fields)
            total = page["total"]
            offset += PAGE
            yield page

    def source(self, file: str) -> Optional[str]:
        """Text of a file as it was when the program ran; None when it is not in the capture."""
        text: Optional[str] = self.query("source", file=file)["text"]
        return text


def _path(stack: int, stacks: "List[Tuple[int, int]]", frames: List[Frame]) -> Tuple[Frame, ...]:
    """Innermost first; stack 0 is the root, which has no frame."""
    path = []
    while stack:
        stack, frame = stacks[stack]
        path.append(frames[frame])
    return tuple(path)
