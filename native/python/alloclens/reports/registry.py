"""Runs the report that a command names: each is a file of this folder."""

from importlib import import_module
from typing import List

from alloclens.reports.command import guarded


def main(name: str, words: List[str]) -> int:
    def work() -> int:
        status: int = import_module(f"alloclens.reports.{name}").main(words)
        return status

    return guarded(work)
