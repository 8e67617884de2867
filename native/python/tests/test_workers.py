"""Servers that fork their workers: gunicorn's, and celery's by billiard. Each worker has a capture of its own."""

import contextlib
import http.client
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import environments
from interpreters import ITSELF, Interpreter
from running import LAUNCHER, Words, environment, report, rows, run, summary

PATIENCE = 60


@contextlib.contextmanager
def started(words: Words, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(words, cwd=folder, env=environment(), stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def interpreter_of(name: str) -> Interpreter:
    python = environments.environment(name)
    return Interpreter(ITSELF.version, python, python, {})


def followed(interpreter: Interpreter, words: Words) -> Words:
    return [interpreter.python, LAUNCHER, "run", "-q", "-o", "capture.alloclens", "--follow-children", *words]


def workers(interpreter: Interpreter, folder: Path) -> list[dict[str, Any]]:
    """The children of the server, each linked to its capture; their own summaries."""
    told = summary(interpreter, folder / "capture.alloclens")
    assert told["complete"], told["notes"]
    found = []
    for child in told["children"]:
        if child["capture"]:
            own = summary(interpreter, folder / child["capture"])
            assert (own["parent_run_id"], own["pid"]) == (told["run_id"], child["pid"])
            found.append({**own, "path": folder / child["capture"]})
    return found


def bytes_of(interpreter: Interpreter, capture: Path, function: str) -> int:
    return sum(row["total_bytes"] for row in rows(interpreter, capture) if row["function"] == function)


class OverSocket(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


def ask(path: Path) -> bytes:
    connection = OverSocket(path)
    connection.request("GET", "/")
    return connection.getresponse().read()


def wait_for(path: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while not path.exists():
        assert process.poll() is None, (path.parent / "log").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.02)


APPLICATION = """
def answer(environ, start_response):
    content = bytes(3_000_000)
    start_response("200 OK", [("Content-Length", str(len(content)))])
    return [content]
"""


def test_each_worker_of_gunicorn_has_a_capture(tmp_path: Path) -> None:
    interpreter = interpreter_of("workers")
    (tmp_path / "application.py").write_text(APPLICATION)
    path = tmp_path / "socket"
    words: Words = ["-m", "gunicorn", "--workers", "2", "--bind", f"unix:{path}", "application:answer"]
    with started(followed(interpreter, words), tmp_path) as process:
        wait_for(path, process)
        for _ in range(20):
            assert len(ask(path)) == 3_000_000
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0, (tmp_path / "log").read_text()
    found = workers(interpreter, tmp_path)
    assert len(found) == 2
    assert [worker["notes"] for worker in found] == [[], []]
    answered = [bytes_of(interpreter, worker["path"], "answer") // 3_000_033 for worker in found]
    assert sum(answered) == 20
    assert bytes_of(interpreter, tmp_path / "capture.alloclens", "answer") == 0


TASKS = """
from celery import Celery
folders = {"data_folder_in": "queue", "data_folder_out": "queue", "control_folder": "queue"}
app = Celery("tasks", broker="filesystem://", backend="file://results", broker_transport_options=folders)
app.conf.update(broker_connection_retry_on_startup=True)
@app.task
def fill(size):
    return len(bytes(size))
"""
CLIENT = """
import os, tasks
for folder in ("queue", "results"): os.makedirs(folder, exist_ok=True)
print([task.get(timeout=60) for task in [tasks.fill.delay(2_000_000) for _ in range(12)]])
"""


def test_each_process_of_a_celery_worker_has_a_capture(tmp_path: Path) -> None:
    interpreter = interpreter_of("workers")
    (tmp_path / "tasks.py").write_text(TASKS)
    for folder in ("queue", "results"):
        (tmp_path / folder).mkdir()
    words: Words = ["-m", "celery", "-A", "tasks", "worker", "--pool", "prefork", "-c", "2", "-l", "warning"]
    quiet: Words = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    with started(followed(interpreter, [*words, *quiet]), tmp_path) as process:
        client = run([interpreter.python, "-c", CLIENT], tmp_path, timeout=2 * PATIENCE)
        assert client.stdout.decode() == f"{[2_000_000] * 12}\n", client.stderr.decode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0, (tmp_path / "log").read_text()
    found = workers(interpreter, tmp_path)
    done = [bytes_of(interpreter, worker["path"], "fill") // 2_000_033 for worker in found]
    assert sum(done) == 12
    assert sum(count > 0 for count in done) in (1, 2)
    assert all(worker["complete"] for worker in found), report(interpreter, "summary", tmp_path / "capture.alloclens")
