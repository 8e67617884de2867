"""Tells of tests while they run: a file with one JSON object a line, for editors and other tools."""

import json
import os
import re
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import pytest

from alloclens import __version__
from alloclens.testing.captures import Captures

FORMAT = 1

_PLACE = re.compile(r'^(\S.*):(\d+): in |\bFile "(.+)", line (\d+)', re.MULTILINE)


class ReportLog:
    """docs/pytest.md has the events."""

    def __init__(self, path: Path, config: "pytest.Config", captures: Captures) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Surrogates stand in the output of tests that print what is no text.
        self._file = open(path, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115  until the end of the run
        self._root = str(config.rootpath)
        self._folder = str(config.invocation_params.dir)
        self._captures = captures
        self._tell("begin", alloclens=__version__, format=FORMAT)

    @pytest.hookimpl
    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            text = report.longreprtext
            # The last line of the traceback says what is wrong, where pytest has not found better words.
            message = next((line[1:].strip() for line in reversed(text.splitlines()) if line.startswith("E ")), text)
            self._tell("collect_error", id=report.nodeid, **self._error_place(report), message=message, text=text)

    @pytest.hookimpl
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._tell("collected", tests=[{"id": item.nodeid, **self._place(item.location)} for item in session.items])

    @pytest.hookimpl
    def pytest_runtest_logstart(self, nodeid: str, location: Tuple[str, Optional[int], str]) -> None:
        capture = self._captures.known_path(nodeid)
        self._tell("start", id=nodeid, **self._place(location), capture=str(capture) if capture else None)

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: Any) -> None:
        more: Dict[str, Any] = {}
        if report.outcome == "failed":
            more = {"text": report.longreprtext, "message": self._message(report), "trace": self._trace(report)}
        elif report.outcome == "skipped":
            more = {"message": _reason(report)}
        if hasattr(report, "alloclens"):
            more["memory"] = report.alloclens
        self._tell(
            "report",
            id=report.nodeid,
            **self._place(report.location),
            when=report.when,
            outcome=report.outcome,
            duration_s=report.duration,
            sections=[list(section) for section in report.sections],
            **more,
        )

    @pytest.hookimpl
    def pytest_sessionfinish(self, exitstatus: Any) -> None:
        self._tell("end", exit_status=int(exitstatus))

    @pytest.hookimpl
    def pytest_unconfigure(self) -> None:
        self._file.close()

    def _tell(self, event: str, **more: Any) -> None:
        self._file.write(json.dumps({"event": event, **more}, ensure_ascii=False) + "\n")
        self._file.flush()  # the next test may end the process

    def _place(self, location: Tuple[str, Optional[int], str]) -> Dict[str, Any]:
        file, line, _ = location
        return {"file": os.path.join(self._root, file), "line": None if line is None else line + 1}

    def _error_place(self, report: Any) -> Dict[str, Any]:
        """Of an error while tests are collected: the innermost line of the tests' own file."""
        file = os.path.join(self._root, report.nodeid.partition("::")[0])
        # All that is left of its traceback is text.
        places = [(found[1] or found[3], int(found[2] or found[4])) for found in _PLACE.finditer(report.longreprtext)]
        own = [
            line
            for path, line in places
            if os.path.realpath(os.path.join(self._folder, path)) == os.path.realpath(file)
        ]
        return {"file": file, "line": own[-1] if own else None}

    def _trace(self, report: Any) -> "List[Tuple[str, int]]":
        """Outermost first."""
        entries = getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", ())
        places = [getattr(entry, "reprfileloc", None) for entry in entries]
        return [(os.path.join(self._folder, place.path), place.lineno) for place in places if place]

    def _message(self, report: Any) -> str:
        crash = getattr(report.longrepr, "reprcrash", None)
        return str(crash.message if crash else report.longrepr)


def _reason(report: Any) -> str:
    """Of a skip, or of a failure that was expected."""
    if hasattr(report, "wasxfail"):
        return f"xfail: {report.wasxfail}".rstrip(": ")
    longrepr = report.longrepr
    return str(longrepr[2] if isinstance(longrepr, tuple) else longrepr or "")
