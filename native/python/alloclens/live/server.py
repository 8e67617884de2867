"""The server beside a program: tails its capture and answers viewers. Viewers come and go; the program never waits.

One line of JSON each way: first `{"token": …}`, then `{"requests": [core's questions]}`, answered by
`{"answers": [core's answers as text], "alive": …}` or `{"error": sentence}`.
"""

import asyncio
import hmac
import json
import os
import socket
import sys
import time
from typing import Callable, List, TypeVar

from alloclens import _alloclens
from alloclens.live import tokens
from alloclens.live.source import LiveError, Local, state_of, wait_for
from alloclens.sentences import Refusal, say
from alloclens.shapes import Json

T = TypeVar("T")
HARMLESS = {"summary", "lines", "functions", "file_lines", "line_detail", "tree", "timeline", "threads", "allocators"}
HARMLESS |= {"sizes", "modules", "stats", "leaks", "neighbours", "history", "files", "source"}
"""Questions that viewers may ask: others read or write files."""
MOST_VIEWERS = 32
LONGEST_REQUEST = 1 << 16
GREETING = 5.0
"""Seconds that a viewer has to send its token."""
PENALTY = 0.5
"""Seconds after a wrong one."""
IDLE = 0.5
"""Seconds between readings while nobody looks."""
LINGER = 1.0
"""Seconds that a viewer has to come back after the program has ended."""


def main(words: List[str]) -> None:
    """`live-server CAPTURE ADDRESS PORT QUIET`, started by `run` before the program: returns when it can be reached."""
    path, address, port, quiet = words
    program = os.getppid()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, int(port)))
        listener.listen(MOST_VIEWERS)
    except OSError as error:
        raise Refusal(f"Nobody could watch at {address}, port {port}: {error.strerror}. Choose another port.") from None
    bound = listener.getsockname()[1]
    token = tokens.new_token()
    kept = tokens.keep(bound, token)
    if quiet != "1":
        say(
            f"Watch it from another terminal: python -m alloclens live {bound}\n"
            f"  listening on {address}, port {bound}; token {token}, kept in {kept}"
        )
    earlier = state_of(path)
    if os.fork() != 0:
        os._exit(0)
    _leave_the_terminal(listener.fileno())
    try:
        asyncio.run(Server(Local(path, program, earlier), token).serve(listener))
    except (_alloclens.CaptureError, LiveError):
        pass  # there is no capture, or it was taken away: nothing to watch
    finally:
        tokens.forget(bound, token)


def _leave_the_terminal(kept: int) -> None:
    """Nothing of the program's is held open, and no key pressed for it ends us."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.closerange(3, kept)
    os.closerange(kept + 1, 1 << 16)
    os.nice(5)  # the program comes first


class Server:
    def __init__(self, source: Local, token: str) -> None:
        self.source, self.token = source, token
        self.viewers = 0
        self.last_seen = time.monotonic()
        self.turn = asyncio.Lock() if sys.version_info >= (3, 10) else None

    async def serve(self, listener: socket.socket) -> None:
        self.turn = self.turn or asyncio.Lock()  # before 3.10 it belongs to the loop that runs when it is made
        await _aside(wait_for, self.source)
        server = await asyncio.start_server(self._meet, sock=listener, limit=LONGEST_REQUEST)
        try:
            while self.source.is_alive() or self.viewers or time.monotonic() - self.last_seen < LINGER:
                if self.source.is_alive():
                    self.last_seen = time.monotonic()
                if not self.viewers:
                    await self._answer([])  # so that the first screen of the next viewer is not behind
                await asyncio.sleep(IDLE)
        finally:
            server.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self.viewers >= MOST_VIEWERS:
                await _send(writer, {"error": f"{MOST_VIEWERS} viewers watch already."})
                return
            if not await self._is_known(reader):
                await asyncio.sleep(PENALTY)
                await _send(writer, {"error": "The token is wrong: it is printed when the program starts."})
                return
            self.viewers += 1
            try:
                await _send(writer, {"welcome": self.source.pid})
                while True:
                    line = await reader.readline()
                    if not line:
                        break
                    await _send(writer, await self._reply(line))
            finally:
                self.viewers -= 1
                self.last_seen = time.monotonic()
        except (OSError, asyncio.TimeoutError, ValueError):
            pass  # it went away, or speaks another language
        finally:
            writer.close()

    async def _is_known(self, reader: asyncio.StreamReader) -> bool:
        line = await asyncio.wait_for(reader.readline(), GREETING)
        message = json.loads(line)
        given = message.get("token") if isinstance(message, dict) else None
        return isinstance(given, str) and hmac.compare_digest(given.encode(), self.token.encode())

    async def _reply(self, line: bytes) -> Json:
        message = json.loads(line)
        requests = message["requests"] if isinstance(message, dict) else None
        if not isinstance(requests, list) or not all(
            isinstance(request, dict) and request.get("query") in HARMLESS for request in requests
        ):
            return {"error": "The server does not answer this question."}
        alive = self.source.is_alive()
        try:
            return {"answers": await self._answer(requests), "alive": alive}
        except (_alloclens.CaptureError, LiveError) as error:
            return {"error": str(error)}

    async def _answer(self, requests: List[Json]) -> List[str]:
        assert self.turn is not None
        async with self.turn:
            return await _aside(self.source.ask_texts, requests)


async def _aside(work: "Callable[..., T]", *arguments: object) -> T:
    """In another thread: core leaves the interpreter to us while it reads."""
    return await asyncio.get_running_loop().run_in_executor(None, lambda: work(*arguments))


async def _send(writer: asyncio.StreamWriter, message: Json) -> None:
    writer.write(json.dumps(message).encode() + b"\n")
    await writer.drain()
