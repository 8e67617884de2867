"""What watching costs the program, how often a view is refreshed, and when the first screen is there."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import modes
import results
from programs import OWN
from report import table

PROGRAM = (str(OWN / "object_churn.py"), "3000000")
ROUNDS = 5
REFRESH = 0.1
#: As the live view asks them.
REQUESTS = [
    {"query": "summary"},
    {"query": "timeline", "points": 1000},
    {"query": "threads"},
    {"query": "functions", "measure": "unfreed", "limit": 1000},
]


@dataclass
class Viewer:
    """Asks ten times a second, as the live view does, and notes when answers came."""

    port: int
    token: str
    times: list[float] = field(default_factory=list)

    def watch(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as connection, connection.makefile("rwb") as file:
            alive = True
            message = {"token": self.token}
            while alive:
                began = time.monotonic()
                file.write(json.dumps(message).encode() + b"\n")
                file.flush()
                answer = json.loads(file.readline())
                alive = answer.get("alive", True)
                message = {"requests": REQUESTS}
                if "answers" in answer:
                    self.times.append(time.monotonic())
                cost = time.monotonic() - began
                time.sleep(max(REFRESH - cost, cost))

    def delays(self) -> list[float]:
        return [after - before for before, after in zip(self.times, self.times[1:])]


def run(folder: Path, viewers: int | None) -> tuple[float, list[float]]:
    """Seconds of the program; `viewers` is None without a server beside it. And what lay between two refreshes."""
    words = [word for word in modes.alloclens("objects")(PROGRAM, folder / "capture") if word != "-q"]
    if viewers is not None:
        words.insert(words.index("run") + 1, "--live-remote")
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
    began = time.perf_counter()
    program = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    assert program.stderr
    watching: list[Viewer] = []
    threads: list[threading.Thread] = []
    if viewers:
        said = program.stderr.readline() + program.stderr.readline()
        found = re.search(r"port (\d+); token ([^,]+),", said)
        assert found, said
        watching = [Viewer(int(found[1]), found[2]) for _ in range(viewers)]
        threads = [threading.Thread(target=viewer.watch) for viewer in watching]
        for thread in threads:
            thread.start()
    program.stderr.read()  # to its end, which the program's is
    program.wait()
    took = time.perf_counter() - began
    for thread in threads:
        thread.join()
    return took, [delay for viewer in watching for delay in viewer.delays()]


def first_screens(folder: Path) -> tuple[float, float, float]:
    """Seconds from the start of `run --live` to anything on the screen, to figures, and to the table."""
    (folder / "capture").unlink(missing_ok=True)
    words = [sys.executable, str(modes.LAUNCHER), "run", "-qo", str(folder / "capture"), "--live", *PROGRAM]
    began = time.monotonic()
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(words[0], words)
    seen = b""
    wanted = [rb"AllocLens", rb"Heap", rb"own\xe2\x96\xbc"]
    times: list[float] = []
    while len(times) < len(wanted) and time.monotonic() - began < 10:
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 1 << 16)
            while len(times) < len(wanted) and re.search(wanted[len(times)], seen):
                times.append(time.monotonic() - began)
    os.kill(process, signal.SIGHUP)
    os.close(terminal)
    os.waitpid(process, 0)
    assert len(times) == len(wanted), seen[-2000:]
    return times[0], times[1], times[2]


def spread(values: list[float], unit: float = 1, digits: int = 2) -> str:
    return f"{median(values) / unit:.{digits}f} ({min(values) / unit:.{digits}f}–{max(values) / unit:.{digits}f})"


def main() -> int:
    kinds = {"not watched": None, "server, no viewer": 0, "one viewer": 1, "four viewers": 4}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    delays: dict[str, list[float]] = {name: [] for name in kinds}
    screens = []
    with tempfile.TemporaryDirectory(prefix="alloclens-live-") as name:
        folder = Path(name)
        for number in range(ROUNDS):
            names = list(kinds)
            for kind in names[number % len(names) :] + names[: number % len(names)]:
                took, between = run(folder, kinds[kind])
                times[kind].append(took)
                delays[kind] += between
            screens.append(first_screens(folder))
    rows = []
    for kind in kinds:
        ratios = [watched / alone for watched, alone in zip(times[kind], times["not watched"])]
        refreshed = spread(delays[kind], 0.001, 0) if delays[kind] else ""
        rows.append([kind, spread(times[kind]), spread(ratios), refreshed])
    told = [
        f"{words} {spread([times[i] for times in screens], 0.001, 0)} ms"
        for i, words in enumerate(["first words", "figures", "the table"])
    ]
    results.keep(
        "live",
        f"`object_churn.py 3000000`, {os.cpu_count()} cores, {ROUNDS} rounds, alternating; median (lowest–highest).\n\n"
        + table(["", "seconds of the program", "of not watched", "ms between refreshes"], rows)
        + f"\n\n`run --live`, from its start: {', '.join(told)}.",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
