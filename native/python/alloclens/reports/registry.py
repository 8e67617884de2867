"""Runs the report that a command names: each is a file of this folder."""

from typing import List

from alloclens.reports.command import guarded


def main(name: str, words: List[str]) -> int:
    def work() -> int:
        status: int = __import__(f"alloclens.reports.{name}", fromlist=["main"]).main(words)
        return status

    return guarded(work)
