"""A bar on standard error while a capture is read or written, when that takes over half a second and a person looks."""

import os
import sys
import time

PATIENCE = 0.5
WIDTH = 30


class Bar:
    """Called with what is done and the whole; `end` takes it off the screen."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.last = 0
        self.shown = False
        self.wanted = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"

    def __call__(self, done: int, total: int) -> None:
        if done < self.last:
            self.started = time.monotonic()  # it reads once more
        self.last = done
        if not self.wanted or time.monotonic() - self.started < PATIENCE:
            return
        filled = WIDTH * done // total if total else WIDTH
        bar = "━" * filled + " " * (WIDTH - filled)
        sys.stderr.write(f"\r\033[K{bar} {100 * done // total if total else 100}\u00a0%")
        sys.stderr.flush()
        self.shown = True

    def end(self) -> None:
        if self.shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
            self.shown = False
