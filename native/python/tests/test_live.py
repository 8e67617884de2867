"""Programs watched while they run: in this terminal, and from others through the server beside the program."""

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import pytest
from interpreters import get
from running import LAUNCHER, PACKAGE_FOLDER, environment
from terminal import PATIENCE, Terminal

# Holds a megabyte at once, and another one for each line on a file that the test appends to.
PROGRAM = """\
import os, threading, time

kept = [bytearray(1_000_000)]
print("hello", flush=True)


def work():
    kept.append(bytearray(1_000_000))


def last_word():
    with open("go") as file:
        return file.read()


while "end" not in last_word():
    time.sleep(0.01)
    if len(kept) <= last_word().count("more"):
        worker = threading.Thread(target=work, name="worker")
        worker.start()
        worker.join()
print("bye", flush=True)
"""
TABLE = r"[1-9]\d* of \d+ lines"
"""What the view shows when it has taken the place of its first screen."""
WORDS = [sys.executable, str(LAUNCHER)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "go").write_text("")
    (tmp_path / "runtime").mkdir(mode=0o700)
    return tmp_path


def tell(folder: Path, word: str) -> None:
    with (folder / "go").open("a") as file:
        file.write(word + "\n")


def surroundings(folder: Path) -> dict[str, str]:
    return environment(TERM="xterm-256color", XDG_RUNTIME_DIR=str(folder / "runtime"))


def watching(folder: Path, *words: str) -> Terminal:
    return Terminal([*WORDS, *words], folder, surroundings(folder))


def ended(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*WORDS, *words], cwd=folder, env=surroundings(folder), capture_output=True, text=True, timeout=60, check=False
    )


def test_an_earlier_capture_of_that_name_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sys.path.append(str(PACKAGE_FOLDER))
    from alloclens.live import source

    path = folder / "capture.alloclens"
    path.write_bytes(b"an earlier one, which may be large")
    read: list[str] = []

    def begun(name: str) -> Begun:
        read.append(name)
        return Begun()

    monkeypatch.setattr(source, "Capture", begun)
    local = source.Local(str(path), 4711, source.state_of(str(path)))
    assert not local.is_there()
    assert read == []
    fresh = folder / "new"  # as the tracker does it
    fresh.write_bytes(b"an earlier one, which may be large")
    fresh.rename(path)
    assert local.is_there()
    assert read == [str(path)]


class Begun:
    summary: ClassVar = {"pid": 4711}


class Program:
    """Runs with a server beside it, on a port that the kernel chose."""

    def __init__(self, folder: Path, *options: str) -> None:
        words = [*WORDS, "run", "-o", "capture.alloclens", "--live-remote", *options, "program.py"]
        self.folder = folder
        self.process = subprocess.Popen(
            words, cwd=folder, env=surroundings(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr
        said = self.process.stderr.readline() + self.process.stderr.readline()
        found = re.search(r"alloclens live (\d+)\n  listening on (\S+), port \1; token (\S+), kept in (\S+)\n", said)
        assert found, said
        self.port, self.address, self.token, self.file = int(found[1]), found[2], found[3], Path(found[4])

    def end(self) -> str:
        tell(self.folder, "end")
        output, errors = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, errors
        return output


@pytest.fixture
def program(folder: Path) -> Iterator[Program]:
    started = Program(folder)
    yield started
    started.process.kill()
    started.process.communicate()


class Connection:
    """A viewer without a screen."""

    def __init__(self, port: int, token: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.file: BinaryIO = self.socket.makefile("rwb")  # type: ignore[assignment]
        self.greeting = self.exchange({"token": token})

    def exchange(self, message: object) -> Any:
        self.file.write(json.dumps(message).encode() + b"\n")
        self.file.flush()
        line = self.file.readline()
        return json.loads(line) if line else None

    def total(self) -> int:
        answer = self.exchange({"requests": [{"query": "summary"}]})
        total: int = json.loads(answer["answers"][0])["unfreed_bytes"]
        return total

    def close(self) -> None:
        self.file.close()
        self.socket.close()


def wait_until(happened: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_program_is_watched_in_its_own_terminal_and_its_output_follows(folder: Path) -> None:
    with Terminal(
        [*WORDS, "run", "-o", "capture.alloclens", "--live", "program.py"], folder, surroundings(folder)
    ) as it:
        it.wait_for(r"AllocLens program\.py · pid \d+ running .* heap 1\.\d\sMB")
        it.wait_for(TABLE)
        it.press("x")
        it.wait_for("The program's output")
        it.wait_for("hello")
        it.press("r")
        it.wait_for(r"growth since the mark")
        tell(folder, "more")
        it.wait_for(r"\+1\.0\sMB")
        it.press("q")
        it.wait_for(r"Stop the program\?")
        it.press("n")
        tell(folder, "end")
        assert it.end() == 0, it.text
        assert re.search(r"hello\s+bye\s", it.text), it.text
        assert "Recorded to" in it.text
    assert sorted(path.name for path in folder.iterdir()) == ["capture.alloclens", "go", "program.py", "runtime"]


def test_the_one_who_watches_may_stop_the_program(folder: Path) -> None:
    with Terminal(
        [*WORDS, "run", "-qo", "capture.alloclens", "--live", "program.py"], folder, surroundings(folder)
    ) as it:
        it.wait_for(r"running")
        it.wait_for(TABLE)
        it.press("q")
        it.wait_for(r"Stop the program\?")
        it.press("y")
        assert it.end() == 128 + signal.SIGINT
        assert "KeyboardInterrupt" in it.text


def test_a_program_that_has_ended_says_so_and_is_left_without_a_question(folder: Path) -> None:
    with Terminal(
        [*WORDS, "run", "-qo", "capture.alloclens", "--live", "program.py"], folder, surroundings(folder)
    ) as it:
        it.wait_for(r"running")
        tell(folder, "end")
        it.wait_for(r"ended with status 0")
        it.press("q")
        assert it.end() == 0, it.text


def test_figures_are_there_before_the_view_is_and_keys_wait_for_it(folder: Path) -> None:
    (folder / "textual.py").write_text("import time\ntime.sleep(2)\nraise ImportError('after the first screen')\n")
    words = [*WORDS, "run", "-qo", "capture.alloclens", "--live", "program.py"]
    with Terminal(words, folder, {**surroundings(folder), "PYTHONPATH": str(folder)}) as it:
        it.wait_for(r"AllocLens program\.py · pid \d+ running .* heap 1\.\d\sMB")
        it.wait_for(r"1\.0\sMB +\d+\s% +1\.\d\sMB +\d+ +<module> +\S*program\.py:1")
        it.press("z")
        assert it.end() != 0
        assert "ImportError: after the first screen" in it.text
        assert "zzz" not in it.text


def test_live_needs_a_terminal(folder: Path) -> None:
    result = ended(folder, "run", "--live", "program.py")
    assert result.returncode == 2
    assert result.stderr.startswith("alloclens: --live needs a terminal.")


def test_several_viewers_come_and_go_and_the_program_does_not_notice(program: Program, folder: Path) -> None:
    viewers = [Connection(program.port, program.token) for _ in range(3)]
    tell(folder, "more")
    for viewer in viewers:
        wait_until(lambda viewer=viewer: viewer.total() > 2_000_000)
    viewers.pop().close()
    assert all(viewer.total() > 2_000_000 for viewer in viewers)
    assert program.end() == "hello\nbye\n"
    assert all(viewer.exchange({"requests": []})["alive"] is False for viewer in viewers)
    for viewer in viewers:
        viewer.close()
    wait_until(lambda: not program.file.exists())
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", program.port))


def test_a_viewer_that_is_killed_can_be_followed_by_another(program: Program, folder: Path) -> None:
    words = ["live", str(program.port)]
    with watching(folder, *words) as first, watching(folder, *words) as second:
        for viewer in (first, second):
            viewer.wait_for(r"running .* heap 1\.\d\sMB")
        first.process.kill()
        tell(folder, "more")
        second.wait_for(r"heap 2\.\d\sMB")
    with watching(folder, *words) as third:
        third.wait_for(r"heap 2\.\d\sMB")
        third.wait_for(TABLE)
        third.press(">")
        third.wait_for(r"thread \S+")
        third.press("q")
        assert third.end() == 0
    assert program.end() == "hello\nbye\n"


def test_a_wrong_token_is_refused_and_the_right_one_is_the_users_alone(program: Program, folder: Path) -> None:
    assert program.address == "127.0.0.1"
    assert program.file.stat().st_mode & 0o777 == 0o600
    assert program.file.parent.stat().st_mode & 0o777 == 0o700
    assert program.file.read_text().strip() == program.token
    assert "token is wrong" in Connection(program.port, "guessed").greeting["error"]
    for other in ("", None, 7):
        assert "error" in Connection(program.port, other).greeting  # type: ignore[arg-type]
    with watching(folder, "live", str(program.port), "--token", "guessed") as viewer:
        assert viewer.end() == 2
        assert "The token is wrong" in viewer.text
    assert "welcome" in Connection(program.port, program.token).greeting


def test_a_viewer_can_only_look(program: Program, folder: Path) -> None:
    viewer = Connection(program.port, program.token)
    for request in (
        {"query": "export", "format": "csv", "to": str(folder / "stolen")},
        {"query": "nothing"},
        "summary",
    ):
        assert "does not answer" in viewer.exchange({"requests": [request]})["error"]
    assert not (folder / "stolen").exists()
    wait_until(lambda: viewer.total() > 1_000_000)  # the program may just have begun


@pytest.mark.parametrize("words", [b"GET / HTTP/1.1\r\n\r\n", b"\xff\n", b"[]\n", b"x" * 100_000 + b"\n"])
def test_what_speaks_another_language_is_sent_away(program: Program, words: bytes) -> None:
    with socket.create_connection(("127.0.0.1", program.port), timeout=PATIENCE) as stranger:
        stranger.sendall(words)
        with contextlib.suppress(ConnectionResetError):
            assert b"answers" not in stranger.recv(1000)
    assert "welcome" in Connection(program.port, program.token).greeting


def test_the_server_is_no_child_of_the_program_and_holds_nothing_of_its(folder: Path) -> None:
    (folder / "program.py").write_text(
        "import os\ntry:\n    os.wait()\nexcept ChildProcessError:\n    print('alone')\n"
    )
    words = [*WORDS, "run", "-q", "-o", "capture.alloclens", "--live-remote", "program.py"]
    result = subprocess.run(
        words, cwd=folder, env=surroundings(folder), capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert result.stdout == "alone\n"  # and the pipe was closed, or run would have waited for the server
    assert not list(folder.glob("runtime/alloclens/live-*")) or _goes(folder)


def _goes(folder: Path) -> bool:
    wait_until(lambda: not list(folder.glob("runtime/alloclens/live-*")))
    return True


def test_a_port_that_is_taken_is_told_and_nothing_is_run(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        words = [*WORDS, "run", "--live-port", port, "program.py"]
        result = subprocess.run(
            words, cwd=folder, env=surroundings(folder), capture_output=True, text=True, check=False
        )
    assert result.returncode == 2
    assert "Choose another port" in result.stderr
    assert result.stdout == ""


def test_a_port_without_a_program_is_told(folder: Path) -> None:
    (folder / "runtime" / "alloclens").mkdir(mode=0o700)
    (folder / "runtime" / "alloclens" / "live-1").write_text("token\n")
    with watching(folder, "live", "1") as viewer:
        assert viewer.end() == 2
        assert re.search(r"No program can be watched at 127\.0\.0\.1, port 1", viewer.text)


@pytest.mark.parametrize("version", ["3.8", "3.12", "3.15"])
def test_programs_of_old_and_new_interpreters_are_watched(version: str, folder: Path) -> None:
    interpreter = get(version)
    if interpreter is None:
        pytest.skip(f"this machine has no Python {version}")
    has_textual = subprocess.run([interpreter.python, "-c", "import textual"], capture_output=True, check=False)
    if has_textual.returncode != 0:
        pytest.skip(f"the environment of Python {version} has no textual")
    words: list[str | Path] = [interpreter.python, LAUNCHER, "run", "-qo", "capture.alloclens", "--live", "program.py"]
    with Terminal(words, folder, surroundings(folder)) as it:
        it.wait_for(r"running .* heap 1\.\d\sMB")
        it.wait_for(TABLE)
        tell(folder, "end")
        it.wait_for(r"ended with status 0")
        it.press("q")
        assert it.end() == 0, it.text
    assert "bye" in it.text


def test_a_program_that_is_not_started_says_why(folder: Path) -> None:
    (folder / "capture.alloclens").write_text("of somebody else")
    with watching(folder, "run", "-o", "capture.alloclens", "--live", "program.py") as it:
        assert it.end() == 2
        assert re.search(r"already exists|is there already|exists", it.text), it.text
    assert (folder / "capture.alloclens").read_text() == "of somebody else"
