"""A server of three routes under the load of COUNT requests, first route by route and then at once and mixed.

    middleware_load.py (fastapi | flask) COUNT

Writes alone.alloclens and together.alloclens; the two must tell the same bytes for each route.
"""

import asyncio
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, List

from alloclens import Tracker
from alloclens.middleware import AsgiMiddleware, WsgiMiddleware

ROUTES = {"/small/{n}": 10_000, "/large/{n}": 200_000, "/threaded/{n}": 50_000}
CONCURRENT = 50


def grab(size: int) -> bytes:
    return b"x" * size


def fastapi_load() -> "Callable[[List[str]], None]":
    import httpx
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

    async def load(paths: List[str]) -> None:
        slots = asyncio.Semaphore(CONCURRENT)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:

            async def request(path: str) -> None:
                async with slots:
                    answer = await client.get(path)
                    assert answer.status_code == 200, answer.text

            await asyncio.gather(*map(request, paths))

    return lambda paths: asyncio.run(load(paths))


def flask_load() -> "Callable[[List[str]], None]":
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

    def load(paths: List[str]) -> None:
        with ThreadPoolExecutor(CONCURRENT) as pool:
            list(pool.map(request, paths))

    return load


def main() -> None:
    load = {"fastapi": fastapi_load, "flask": flask_load}[sys.argv[1]]()
    each = int(sys.argv[2]) // len(ROUTES)
    by_route = [[path.replace("{n}", str(n)) for n in range(each)] for path in ROUTES]
    mixed = [path for paths in by_route for path in paths]
    random.Random(1).shuffle(mixed)  # noqa: S311
    load(mixed[:200])  # warms up
    with Tracker("alone.alloclens"):
        for paths in by_route:
            load(paths)
    with Tracker("together.alloclens"):
        load(mixed)


main()
