"""Where a live view gets its answers from: a capture on this machine, or a server beside the program."""

import json
import os
import socket
import time
from typing import List, NamedTuple, Optional, Sequence, Tuple

from alloclens import _alloclens
from alloclens.capture import Capture
from alloclens.deep_json import parse
from alloclens.shapes import Json

PATIENCE = 10.0
"""Seconds that a program has to begin its capture, and a server to answer."""


class Answers(NamedTuple):
    answers: List[Json]
    alive: bool
    """The program runs."""


class LiveError(Exception):
    """The program can't be watched; the message is a sentence."""


State = Tuple[int, ...]


def state_of(path: str) -> Optional[State]:
    """Tells a file from another one that comes in its place."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return (status.st_ino, status.st_size, status.st_mtime_ns)


class Local:
    """Tails the capture of the process `pid`. None of its questions before `is_there` is true.

    `earlier` is the state of a file of that name before the program began: an earlier run's, which may be large.
    """

    def __init__(self, path: str, pid: int, earlier: Optional[State] = None) -> None:
        self.path, self.pid = path, pid
        self.capture: Optional[Capture] = None
        self.earlier = earlier

    def is_there(self) -> bool:
        """A file of that name may be an earlier run's, until the program has begun its own."""
        if self.capture is None:
            try:
                state = state_of(self.path)
                if state and state != self.earlier:
                    capture = Capture(self.path)
                    if capture.summary["pid"] == self.pid:
                        self.capture = capture
                    else:
                        self.earlier = state  # it may be large: it is not read again
            except (OSError, _alloclens.CaptureError):
                pass
        return self.capture is not None

    def ask_texts(self, requests: Sequence[Json]) -> List[str]:
        assert self.capture is not None
        self.capture.update()
        return [self.capture.query_text(request["query"], **_rest(request)) for request in requests]

    def ask(self, requests: Sequence[Json]) -> Answers:
        alive = self.is_alive()
        return Answers([parse(text) for text in self.ask_texts(requests)], alive)

    def is_alive(self) -> bool:
        return process_runs(self.pid)


class Remote:
    """A server that answers one line of JSON with another."""

    def __init__(self, address: str, port: int, token: str) -> None:
        try:
            self.connection = socket.create_connection((address, port), timeout=PATIENCE)
        except OSError as error:
            raise LiveError(
                f"No program can be watched at {address}, port {port}: {error.strerror or error}."
            ) from None
        self.file = self.connection.makefile("rwb")
        self._exchange({"token": token})

    def ask(self, requests: Sequence[Json]) -> Answers:
        answer = self._exchange({"requests": list(requests)})
        return Answers([parse(text) for text in answer["answers"]], answer["alive"])

    def is_there(self) -> bool:
        return True

    def is_alive(self) -> bool:
        return True

    def close(self) -> None:
        self.file.close()
        self.connection.close()

    def _exchange(self, message: Json) -> Json:
        try:
            self.file.write(json.dumps(message).encode() + b"\n")
            self.file.flush()
            line = self.file.readline()
        except OSError as error:
            raise LiveError(f"The connection to the program was lost: {error.strerror or error}.") from None
        if not line:
            raise LiveError("The server beside the program has ended.")
        answer: Json = json.loads(line)
        if "error" in answer:
            raise LiveError(answer["error"])
        return answer


def _rest(request: Json) -> Json:
    return {name: value for name, value in request.items() if name != "query"}


def process_runs(pid: int) -> bool:
    """A zombie has ended."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def wait_for(source: Local) -> None:
    """Until the program has begun its capture. Raises LiveError when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not source.is_there():
        if not source.is_alive() or time.monotonic() > deadline:
            if source.is_there():
                return
            raise LiveError(f"The program has not begun its capture {os.path.basename(source.path)}.")
        time.sleep(0.01)
