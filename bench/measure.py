"""Runs commands and measures them; runs that are compared alternate, so that a slow minute hits all of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import modes
from programs import Program


class Failed(Exception):
    """A measured command failed: its time would mean nothing."""


@dataclass
class Sample:
    wall_s: float
    cpu_s: float
    max_rss_bytes: int


_runner = subprocess.Popen(
    [sys.executable, "-I", "-S", str(Path(__file__).parent / "runner.py")],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    text=True,
)


def measure(command: list[str], log: Path) -> Sample:
    assert _runner.stdin and _runner.stdout
    print("\0".join([str(log), *command]), file=_runner.stdin, flush=True)
    status, wall, cpu, resident = _runner.stdout.readline().split()
    if status != "0":
        tail = log.read_text(errors="replace")[-1500:]
        raise Failed(f"{' '.join(command)} ended with status {status}:\n{tail}")
    return Sample(float(wall), float(cpu), int(resident))


@dataclass
class Runs:
    """All samples of one program, by mode, in the order of the rounds."""

    program: str
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    capture_bytes: dict[str, int] = field(default_factory=dict)
    #: Of those, the program's own code, which memray's captures do not have.
    source_bytes: dict[str, int] = field(default_factory=dict)
    #: In the captures of AllocLens.
    events: dict[str, int] = field(default_factory=dict)


def compare(program: Program, rounds: int, folder: Path) -> Runs:
    runs = Runs(program.name)
    names = list(modes.MODES)
    for number in range(rounds):
        # Each round starts with another mode.
        for mode in names[number % len(names) :] + names[: number % len(names)]:
            capture = capture_file(folder, program, mode)
            sample = measure(modes.MODES[mode](program.arguments, capture), folder / "log")
            runs.samples.setdefault(mode, []).append(sample)
            if mode != modes.PLAIN:
                runs.capture_bytes[mode] = capture.stat().st_size
    for mode, reports in modes.REPORTS.items():
        if reports is modes.OWN_REPORTS:
            capture = capture_file(folder, program, mode)
            found = json.loads(subprocess.check_output(modes.own_report("inspect")(capture, capture)))
            runs.events[mode] = found["events"]
            runs.source_bytes[mode] = sum(
                block["stored_bytes"] for block in found["blocks"] if block["kind"] == "source"
            )
    return runs


def compare_peers(program: Program, rounds: int, folder: Path) -> Runs:
    """With a plain run and one of ours beside them."""
    runs = Runs(program.name)
    commands = {mode: modes.MODES[mode] for mode in (modes.PLAIN, modes.OBJECTS)} | modes.NATIVE | modes.PEERS
    for _ in range(rounds):
        for mode, command in commands.items():
            result = folder / "peer"
            try:
                runs.samples.setdefault(mode, []).append(measure(command(program.arguments, result), folder / "log"))
            except Failed:
                if mode in modes.MODES:
                    raise
                runs.samples.pop(mode)  # not every peer can run every program: then nothing is told of it
            for left in folder.glob("peer*"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
    return runs


def capture_file(folder: Path, program: Program, mode: str) -> Path:
    return folder / f"{program.name}-{mode}.capture".replace(" ", "-")


@dataclass
class ReportRuns:
    """All samples of one report of one capture."""

    program: str
    mode: str
    report: str
    samples: list[Sample]


def compare_reports(program: Program, rounds: int, folder: Path) -> list[ReportRuns]:
    """Of the captures that `compare` left in `folder`."""
    all_runs = [ReportRuns(program.name, mode, name, []) for mode, names in modes.REPORTS.items() for name in names]
    for _ in range(rounds):
        for runs in all_runs:
            command = modes.REPORTS[runs.mode][runs.report]
            capture = capture_file(folder, program, runs.mode)
            runs.samples.append(measure(command(capture, folder / "report.html"), folder / "log"))
    return all_runs
