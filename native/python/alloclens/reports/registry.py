"""Which file presents which command."""

from importlib import import_module
from typing import List

from alloclens.reports.command import guarded

COMMANDS = {
    "summary": "summary",
    "stats": "stats",
    "lines": "lines",
    "table": "table",
    "tree": "tree",
    "flamegraph": "flamegraph",
    "timeline": "timeline",
    "diff": "diff",
    "annotate": "annotate",
    "export": "export",
    "inspect": "inspect_capture",
    "live": "live",
}


def main(name: str, words: List[str]) -> int:
    def work() -> int:
        status: int = import_module(f"alloclens.reports.{COMMANDS[name]}").main(words)
        return status

    return guarded(work)
