"""Bytes by route, when requests interleave, are those of the same requests run alone."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from environments import environment as server_environment
from running import PACKAGE_FOLDER
from running import environment as plain_environment

LOAD = Path(__file__).parent / "helpers" / "middleware_load.py"
#: 10,000 in `npm run test:full`.
REQUESTS = int(os.environ.get("ALLOCLENS_TEST_REQUESTS", "600"))

BY_ROUTE = """
import json, sys, alloclens
capture = alloclens.Capture(sys.argv[1])
result = {}
for row in capture.query("regions")["regions"]:
    lines = capture.query("lines", scope={"regions": [row["name"]]})["rows"]
    grabbed = sum(line["total_bytes"] for line in lines if line["function"] == "grab")
    result[row["name"]] = [row["entered"], grabbed, row["total_bytes"]]
print(json.dumps(result))
"""


def run(words: "list[str | Path]", folder: Path) -> str:
    python = server_environment("servers")
    answer = subprocess.run(
        [python, *words],
        cwd=folder,
        env=plain_environment(PYTHONPATH=str(PACKAGE_FOLDER)),
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.parametrize("framework", ["fastapi", "flask"])
def test_routes_have_their_own_bytes_under_a_concurrent_load(tmp_path: Path, framework: str) -> None:
    run([LOAD, framework, str(REQUESTS)], tmp_path)
    alone: dict[str, Any] = json.loads(run(["-c", BY_ROUTE, "alone.alloclens"], tmp_path))
    together: dict[str, Any] = json.loads(run(["-c", BY_ROUTE, "together.alloclens"], tmp_path))
    names = {"fastapi": "GET /{}/{{n}}", "flask": "GET /{}/<n>"}[framework]
    assert set(together) == {names.format(kind) for kind in ("small", "large", "threaded")}
    assert set(alone) == set(together)
    for name, (entered, grabbed, total) in together.items():
        assert (entered, grabbed) == tuple(alone[name][:2])
        assert entered == REQUESTS // 3
        # What frameworks allocate beside it differs a little with the order of requests.
        rest, rest_alone = total - grabbed, alone[name][2] - grabbed
        assert abs(rest - rest_alone) < 0.01 * rest_alone, name


SAMPLING = """
import asyncio, sys
from alloclens import Tracker
from alloclens.middleware import AsgiMiddleware
async def app(scope, receive, send): b"x" * 1000
one_in, header = int(sys.argv[1]), sys.argv[2] or None
middle = AsgiMiddleware(app, one_in=one_in, header=header, name=lambda scope: "request")
async def main():
    for n in range(30):
        headers = [(b"x-memory", b"1")] if n < 2 else []
        await middle({"type": "http", "headers": headers}, None, None)
with Tracker("c.alloclens"):
    asyncio.run(main())
"""


@pytest.mark.parametrize(("one_in", "header", "sampled"), [(1, "", 30), (10, "", 3), (0, "", 0), (0, "X-Memory", 2)])
def test_sampling_takes_one_in_n_and_those_that_ask(tmp_path: Path, one_in: int, header: str, sampled: int) -> None:
    run(["-c", SAMPLING, str(one_in), header], tmp_path)
    rows = "alloclens.Capture('c.alloclens').query('regions')['regions']"
    count = f"import alloclens; print(sum(row['entered'] for row in {rows}))"
    assert int(run(["-c", count], tmp_path)) == sampled


CAPTURES = """
import logging, os, sys
from pathlib import Path
from alloclens import tracker
from alloclens.middleware import WsgiMiddleware
Path("kept").mkdir()
for number in (1, 2): Path(f"kept/request-{os.getpid()}-{number}.alloclens").write_text("of an earlier container")
def name(environ): return environ["name"]
def app(environ, start_response): return [b"x" * environ["size"]]
middle = WsgiMiddleware(app, folder="kept", name=name, aggregate=True)
try: middle({"name": "request"}, None)
except KeyError: print(tracker.is_recorded())
for wrong in ({}, {}, {"name": None}): middle({**wrong, "size": 1}, None).close()
body = middle({"name": "request", "size": 1000}, None)
b"".join(body), body.close()
Path("kept").rename("gone")
for _ in range(3): middle({"name": "request", "size": 1}, None).close()
print(*sorted(int(path.stem.split("-")[-1]) for path in Path("gone").iterdir()))
"""


def test_what_is_wrong_with_a_request_never_fails_it_and_is_told_once(tmp_path: Path) -> None:
    python = server_environment("servers")
    env = plain_environment(PYTHONPATH=str(PACKAGE_FOLDER))
    words: list[str | Path] = [python, "-c", CAPTURES]
    answer = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines() == ["False", "1 2 3 4 5 6 7"]
    assert answer.stderr.splitlines() == [
        "A request's region goes by (no name), since its name can't be told: 'name'",
        answer.stderr.splitlines()[-1],
    ]
    assert answer.stderr.splitlines()[-1].startswith("A request is not recorded in a capture of its own: ")
    summary = (
        "import alloclens, glob; print(alloclens.Capture(max(glob.glob('gone/*-7.alloclens'))).summary['aggregate'])"
    )
    assert run(["-c", summary], tmp_path) == "True\n"


WRONG = """
from alloclens.middleware import AsgiMiddleware
for options in ({"one_in": 0.5}, {"one_in": "3"}, {"native": True}, {"folder": "c", "detail": "all"}):
    try: AsgiMiddleware(None, **options)
    except ValueError as error: print(error)
"""


def test_options_that_make_no_sense_are_refused_with_a_sentence(tmp_path: Path) -> None:
    assert run(["-c", WRONG], tmp_path).splitlines() == [
        "one_in is how many requests there are for each sampled one, or 0 for none, not 0.5.",
        "one_in is how many requests there are for each sampled one, or 0 for none, not '3'.",
        "native: options of captures, so give the folder they go to, too.",
        "detail is 'objects' or 'system', not 'all'.",
    ]


NESTED = """
from fastapi import APIRouter, FastAPI, WebSocket
from fastapi.testclient import TestClient
from starlette.staticfiles import StaticFiles
from alloclens import Capture, Tracker
from alloclens.middleware import AsgiMiddleware
inner, outer, mounted, app = APIRouter(prefix="/inner"), APIRouter(prefix="/outer"), FastAPI(), FastAPI()
@inner.get("/{n}")
def deep(n: int): return n
@outer.websocket("/talk/{n}")
async def talk(socket: WebSocket, n: int):
    await socket.accept()
    await socket.close()
@mounted.get("/{n}")
def below(n: int): return n
outer.include_router(inner)
app.include_router(outer)
app.mount("/mounted", mounted)
app.mount("/", StaticFiles(directory="."))
app.add_middleware(AsgiMiddleware)
client = TestClient(app)
with Tracker("c.alloclens"):
    for address in ("/outer/inner/1", "/mounted/2", "/there.txt"): assert client.get(address).status_code == 200
    with client.websocket_connect("/outer/talk/3"): pass
print(*sorted(row["name"] for row in Capture("c.alloclens").query("regions")["regions"] if row["entered"]), sep="\\n")
"""


def test_routes_of_routers_and_mounts_are_named_whole(tmp_path: Path) -> None:
    (tmp_path / "there.txt").write_text("there")
    assert run(["-W", "ignore", "-c", NESTED], tmp_path).splitlines() == [
        "GET /",
        "GET /mounted/{n}",
        "GET /outer/inner/{n}",
        "WEBSOCKET /outer/talk/{n}",
    ]


ONE_OF_MANY = """
import asyncio
from alloclens import Capture
from alloclens.middleware import AsgiMiddleware
async def app(scope, receive, send):
    kept = bytearray(1_000_000)
    await asyncio.sleep(0.01)
async def main():
    middle = AsgiMiddleware(app, folder="c", name=lambda scope: "route")
    await asyncio.gather(*(middle({"type": "http", "headers": []}, None, None) for _ in range(5)))
asyncio.run(main())
import glob
[capture] = map(Capture, glob.glob("c/*"))
for row in capture.query("regions")["regions"]:
    if row["entered"]: print(row["name"], row["entered"], row["total_bytes"] // 1_000_000)
"""


def test_the_request_that_is_recorded_is_told_from_others_of_its_route(tmp_path: Path) -> None:
    assert run(["-c", ONE_OF_MANY], tmp_path).splitlines() == ["route (this request) 1 1", "route 4 4"]
