"""Runs commands and measures them; runs that are compared alternate, so that a slow minute hits all of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
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


def measure(command: list[str], log: Path) -> Sample:
    with log.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        tail = log.read_text(errors="replace")[-1500:]
        raise Failed(f"{' '.join(command)} ended with status {process.returncode}:\n{tail}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


@dataclass
class Runs:
    """All samples of one program, by mode, in the order of the rounds."""

    program: str
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    capture_bytes: dict[str, int] = field(default_factory=dict)
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
        for mode, command in modes.PEERS.items() if program.peers else ():
            result = folder / "peer"
            try:
                runs.samples.setdefault(mode, []).append(measure(command(program.arguments, result), folder / "log"))
            except Failed:
                runs.samples.pop(mode)  # not every peer can run every program: then nothing is told of it
            shutil.rmtree(result, ignore_errors=True)
            result.unlink(missing_ok=True)
    for mode, reports in modes.REPORTS.items():
        if reports is modes.OWN_REPORTS:
            capture = capture_file(folder, program, mode)
            summary = subprocess.check_output(modes.own_report("summary")(capture, capture))
            runs.events[mode] = json.loads(summary)["events"]
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
