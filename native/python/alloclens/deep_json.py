"""JSON of any depth: a tree of calls is as deep as the program's recursion was."""

import json
import sys
from typing import Any, List

STACK = 512 << 20
LEVELS = 1_000_000


def parse(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        return _with_more_stack(text)


def _with_more_stack(text: str) -> Any:
    import contextlib
    import threading

    parsed: List[Any] = []

    def work() -> None:
        with contextlib.suppress(RecursionError):
            parsed.append(json.loads(text))

    limit, stack = sys.getrecursionlimit(), threading.stack_size(STACK)
    sys.setrecursionlimit(LEVELS)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(stack)
    if not parsed:
        raise RecursionError("The capture's calls are nested deeper than this Python can parse. Ask for fewer nodes.")
    return parsed[0]
