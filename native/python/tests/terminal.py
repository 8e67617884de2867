"""A command on a terminal of its own, driven by keys as a person does."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from running import environment

ROWS, COLUMNS = 40, 120
PATIENCE = 30.0
# Cursor movements become spaces, so that what stands in different places is not read as one word.
ESCAPES = re.compile(
    r"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[PX^_\]][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78cDEHM]"
)


class Terminal:
    """`with Terminal([...]) as terminal:`; the command gets SIGHUP when it is left, as when a window is closed."""

    def __init__(
        self, words: Sequence[str | Path], cwd: Path, env: dict[str, str] | None = None, *, keep_escapes: bool = False
    ) -> None:
        self.keep_escapes = keep_escapes
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.text = ""
        self.process = subprocess.Popen(
            words,
            cwd=cwd,
            env=env or environment(TERM="xterm-256color"),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  no thread holds a lock here
        )
        os.close(slave)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.master)

    def press(self, keys: str) -> None:
        """What was shown before is forgotten: `wait_for` looks at what comes after."""
        self.text = ""
        os.write(self.master, keys.encode())

    def wait_for(self, pattern: str) -> "re.Match[str]":
        deadline = time.monotonic() + PATIENCE
        while True:
            found = re.search(pattern, self.text)
            if found:
                return found
            if time.monotonic() > deadline or not self._read():
                raise AssertionError(f"{pattern!r} was not shown, but this was:\n{self.text[-4000:]}")

    def end(self) -> int:
        """Reads to the end; the exit status."""
        deadline = time.monotonic() + PATIENCE
        while self._read():
            assert time.monotonic() < deadline, f"The command does not end. It showed:\n{self.text[-4000:]}"
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        """False at the end. A second without anything is no end."""
        if not select.select([self.master], [], [], 1.0)[0]:
            return True
        try:
            chunk = os.read(self.master, 65536)
        except OSError:  # EIO: nobody has the terminal open any more
            return False
        text = chunk.decode("utf-8", "replace")
        self.text = (self.text + (text if self.keep_escapes else ESCAPES.sub(" ", text)))[-200_000:]
        return bool(chunk)
