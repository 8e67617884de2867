"""What regions and the middleware cost, recorded and not, in nanoseconds of one enter and leave or one request."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import results

sys.path.insert(0, str(Path(__file__).parent.parent / "native" / "python"))
from alloclens import Tracker, region
from alloclens.middleware import AsgiMiddleware, WsgiMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = 20_000
REQUESTS = 5_000


def nothing(calls: int) -> None:
    for _ in range(calls):
        pass


def enter_and_leave(calls: int) -> None:
    for _ in range(calls):
        with region("bench"):
            pass


async def asgi_app(_scope: object, _receive: object, send: Callable[[object], object]) -> None:
    await asyncio.sleep(0)  # as an application that waits for something
    send(b"x" * 1000)


def asgi(app: object) -> Callable[[int], None]:
    scope = {"type": "http", "method": "GET", "headers": [(b"host", b"bench"), (b"accept", b"*/*")]}

    async def requests(count: int) -> None:
        for _ in range(count):
            await app(scope, None, lambda _message: None)  # type: ignore[operator]

    return lambda count: asyncio.run(requests(count))


def wsgi_app(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
    start_response("200 OK", [])
    return [b"x" * 1000]


def wsgi(app: object) -> Callable[[int], None]:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}

    def requests(count: int) -> None:
        for _ in range(count):
            body = app(environ, lambda *_words: None)  # type: ignore[operator]
            for _part in body:
                pass
            close = getattr(body, "close", None)
            if close:
                close()

    return requests


def name(_given: object) -> str:
    return "GET /"


#: What is measured, what it is compared with, how often.
CASES: dict[str, tuple[Callable[[int], None], Callable[[int], None], int]] = {
    "enter and leave a region": (enter_and_leave, nothing, CALLS),
    "ASGI: a request that is not sampled": (asgi(AsgiMiddleware(asgi_app, one_in=0)), asgi(asgi_app), REQUESTS),
    "ASGI: not sampled, with a header that asks": (
        asgi(AsgiMiddleware(asgi_app, one_in=0, header="x-memory")),
        asgi(asgi_app),
        REQUESTS,
    ),
    "ASGI: a sampled request": (asgi(AsgiMiddleware(asgi_app, name=name)), asgi(asgi_app), REQUESTS),
    "WSGI: a request that is not sampled": (wsgi(WsgiMiddleware(wsgi_app, one_in=0)), wsgi(wsgi_app), REQUESTS),
    "WSGI: a sampled request": (wsgi(WsgiMiddleware(wsgi_app, name=name)), wsgi(wsgi_app), REQUESTS),
}


def nanoseconds(work: Callable[[int], None], count: int) -> float:
    begin = time.process_time_ns()
    work(count)
    return (time.process_time_ns() - begin) / count


def measure(rounds: int) -> dict[str, list[tuple[float, float]]]:
    """By case: of each round what the compared costs, and what is added."""
    found: dict[str, list[tuple[float, float]]] = {case: [] for case in CASES}
    for number in range(rounds + 1):
        for case, (work, base, count) in CASES.items():
            before, with_it, after = nanoseconds(base, count), nanoseconds(work, count), nanoseconds(base, count)
            if number:  # the first round warms up
                found[case].append(((before + after) / 2, with_it - (before + after) / 2))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    idle = measure(rounds)
    with tempfile.TemporaryDirectory(prefix="alloclens-bench-") as folder, Tracker(f"{folder}/c.alloclens"):
        recorded = measure(rounds)
    lines = ["| | without | added, nothing recorded | added, recorded |", "|---|---:|---:|---:|"]
    for case in CASES:
        cells = [case, f"{statistics.median(base for base, _ in idle[case]):.0f} ns"]
        for values in (idle, recorded):
            added = sorted(value for _, value in values[case])
            low, high = added[len(added) // 4], added[-1 - len(added) // 4]
            cells.append(f"{statistics.median(added):.0f} ns ({low:.0f}–{high:.0f})")
        lines.append("| " + " | ".join(cells) + " |")
    text = f"Processor time: median of {rounds} rounds (middle half), each between two runs of its peer.\n\n"
    results.keep("regions", text + "\n".join(lines))


if __name__ == "__main__":
    main()
