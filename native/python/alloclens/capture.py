"""Reads captures: `alloclens.Capture(path)`. All figures are core's own; docs/python-api.md explains them."""

import json
import os
from typing import Any, Callable, Iterator, List, Optional, Union

from alloclens import _alloclens
from alloclens.deep_json import parse
from alloclens.shapes import Json, Snapshot

Progress = Callable[[int, int], object]


class Capture:
    """A capture that has been read. It may still grow: `update` reads what was appended since.

    Raises `alloclens.CaptureError` when there is no capture at the path or nothing of it can be read. Damage further
    on is told by `notes`, and all that is whole is there.
    """

    def __init__(self, path: "Union[str, os.PathLike[str]]", *, progress: Optional[Progress] = None) -> None:
        """`progress(done, total)` is called with bytes while the file is read; what it raises ends the reading."""
        self.path = os.fspath(path)
        self._open = _alloclens.open(os.fsencode(self.path), progress)

    def __repr__(self) -> str:
        return f"Capture({self.path!r})"

    def update(self, *, progress: Optional[Progress] = None) -> bool:
        """Reads what was appended since; True when anything was."""
        return _alloclens.update(self._open, progress)

    def query(self, name: str, **fields: Any) -> Json:
        """Core's answer to one question: extension/shared/capture.ts lists the questions and the answers' shapes."""
        answer: Json = parse(self.query_text(name, **fields))
        return answer

    def query_text(self, name: str, **fields: Any) -> str:
        """The same as JSON text."""
        [text] = _alloclens.ask(self._open, [json.dumps({"query": name, **fields}).encode()])
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

    def lines(self) -> "List[Json]":
        """One row per line of code that asked for memory, with own figures, yours and with callees."""
        rows: List[Json] = self.query("lines")["rows"]
        return rows

    def functions(self, measure: str = "peak", limit: Optional[int] = None) -> "List[Json]":
        """One row per function, those with the most bytes of the measure first."""
        fields: Json = {} if limit is None else {"limit": limit}
        rows: List[Json] = self.query("functions", measure=measure, **fields)["functions"]
        return rows

    def snapshots(self, points: int = 1000) -> Iterator[Snapshot]:
        """Heap and resident memory over time, in at most so many steps."""
        timeline = self.query("timeline", points=points)
        return map(Snapshot._make, zip(timeline["times"], timeline["heap"], timeline["rss"]))

    def source(self, file: str) -> Optional[str]:
        """Text of a file as it was when the program ran; None when it is not in the capture."""
        text: Optional[str] = self.query("source", file=file)["text"]
        return text
