"""A server of three routes under the load of COUNT requests, first one by one and then at once and mixed.

    middleware_load.py (fastapi | flask) COUNT

Writes alone.alloclens and together.alloclens; the two must tell the same bytes for each route.
"""

import asyncio
import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Awaitable, Callable, List, Tuple

from alloclens import Tracker
from alloclens.middleware import AsgiMiddleware, WsgiMiddleware

# The threads that answer the first one are kept for ten seconds, so it comes soon after the warm-up.
ROUTES = {"/threaded/{n}": 50_000, "/small/{n}": 10_000, "/large/{n}": 200_000}
CONCURRENT = 50

#: Requests paths, so many at once.
Load = Callable[[List[str], int], Awaitable[None]]


def grab(size: int) -> bytes:
    return b"x" * size


def fastapi_load() -> "Tuple[Load, Callable[[], Awaitable[None]]]":
    import httpx
    from anyio import to_thread
    from fastapi import FastAPI

    app = FastAPI()
    app.add_middleware(AsgiMiddleware)

    @app.get("/small/{n}")
    async def small(n: int) -> int:
        data = grab(ROUTES["/small/{n}"])
        await asyncio.sleep(0)  # another request goes on meanwhile
        return len(data + grab(ROUTES["/small/{n}"]))

    @app.get("/large/{n}")
    async def large(n: int) -> int:
        await asyncio.sleep(0)
        return len(grab(ROUTES["/large/{n}"]))

    @app.get("/threaded/{n}")
    def threaded(n: int) -> int:
        return len(grab(ROUTES["/threaded/{n}"]))

    async def load(paths: List[str], concurrent: int) -> None:
        slots = asyncio.Semaphore(concurrent)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:

            async def request(path: str) -> None:
                async with slots:
                    answer = await client.get(path)
                    assert answer.status_code == 200, answer.text

            await asyncio.gather(*map(request, paths))

    async def start_threads() -> None:
        """One for each request that is under way: none waits for a thread, and none needs a new one."""
        to_thread.current_default_thread_limiter().total_tokens = CONCURRENT
        all_there = threading.Barrier(CONCURRENT)
        await asyncio.gather(*(to_thread.run_sync(all_there.wait) for _ in range(CONCURRENT)))

    return load, start_threads


def flask_load() -> "Tuple[Load, Callable[[], Awaitable[None]]]":
    from flask import Flask

    app = Flask(__name__)
    app.wsgi_app = WsgiMiddleware(app.wsgi_app, app)

    def route(path: str) -> Any:
        def answer(n: str) -> Any:
            data = grab(ROUTES[path])

            def body() -> Any:
                yield str(len(data))
                yield str(len(grab(1_000)))

            return body()

        return app.route(path.replace("{n}", "<n>"), endpoint=path)(answer)

    for path in ROUTES:
        route(path)

    def request(path: str) -> None:
        answer = app.test_client().get(path)
        assert answer.status_code == 200, answer.text
        assert answer.data

    async def load(paths: List[str], concurrent: int) -> None:
        with ThreadPoolExecutor(concurrent) as pool:
            list(pool.map(request, paths))

    async def nothing() -> None:
        pass

    return load, nothing


async def main() -> None:
    """In one task from the first request to the last: anyio's threads live as long as that."""
    load, prepare = {"fastapi": fastapi_load, "flask": flask_load}[sys.argv[1]]()
    await prepare()
    each = int(sys.argv[2]) // len(ROUTES)
    by_route = [[path.replace("{n}", str(n)) for n in range(each)] for path in ROUTES]
    mixed = [path for paths in by_route for path in paths]
    random.Random(1).shuffle(mixed)  # noqa: S311
    warm_up = [*by_route[0][:100], *mixed[:200]]
    await load(warm_up, CONCURRENT)
    # Fifty of one route at once would go in step, need more lists at a time than CPython keeps, and allocate them anew.
    with Tracker("alone.alloclens"):
        for paths in by_route:
            await load(paths, 1)
    await load(warm_up, CONCURRENT)
    with Tracker("together.alloclens"):
        await load(mixed, CONCURRENT)


asyncio.run(main())
