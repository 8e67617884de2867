"""What one event costs, by depth of the stack, number of threads and version of Python: processor time."""

from __future__ import annotations

import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import modes
from measure import Failed
from programs import OWN

sys.path.append(str(Path(__file__).parent.parent / "native" / "python" / "tests"))
import interpreters

DEPTHS = (5, 30, 100, 1_000, 10_000)
THREADS = (1, 4, 16)
OWN_VERSION = "%d.%d" % sys.version_info[:2]


@dataclass
class Cost:
    """Of one allocation and its free, in the order of the rounds."""

    python: str
    depth: int
    threads: int
    plain_ns: list[float] = field(default_factory=list)
    added_ns: dict[str, list[float]] = field(default_factory=dict)


def measure_costs(rounds: int, scale: float, capture: Path) -> list[Cost]:
    costs = [Cost(OWN_VERSION, depth, 1) for depth in DEPTHS]
    costs += [Cost(OWN_VERSION, 5, threads) for threads in THREADS[1:]]
    others = [version for version in interpreters.SUPPORTED if version != OWN_VERSION and interpreters.find(version)]
    costs += [Cost(version, depth, 1) for version in others for depth in (5, 1_000)]
    for _ in range(rounds):
        for cost in costs:
            _measure_round(cost, int(2_000_000 * scale), capture)
    return costs


def _measure_round(cost: Cost, pairs: int, capture: Path) -> None:
    """Plain first, then each mode: what is compared ran side by side."""
    own = cost.python == OWN_VERSION
    python = sys.executable if own else str(interpreters.find(cost.python))
    program = (str(OWN / "pairs.py"), str(cost.depth), str(cost.threads), str(pairs // cost.threads))
    plain = _nanoseconds([python, *program])
    cost.plain_ns.append(plain)
    for name in ("alloclens objects", *(("memray python",) if own else ())):
        command = modes.MODES[name](program, capture)
        added = _nanoseconds([python, *command[1:]]) - plain
        cost.added_ns.setdefault(name, []).append(added)


def _nanoseconds(command: list[str]) -> float:
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise Failed(f"{' '.join(command)} ended with status {result.returncode}:\n{result.stderr[-1500:]}")
    return float(result.stdout.split()[-1])


def rows(costs: list[Cost]) -> list[list[str]]:
    names = list(costs[0].added_ns)
    table = []
    for cost in costs:
        cells = [cost.python, str(cost.depth), str(cost.threads), f"{statistics.median(cost.plain_ns):.0f}"]
        for name in names:
            of_rounds = cost.added_ns.get(name)
            cells.append(
                f"{statistics.median(of_rounds):.0f} ({min(of_rounds):.0f}–{max(of_rounds):.0f})" if of_rounds else ""
            )
        table.append(cells)
    return table


def header(costs: list[Cost]) -> list[str]:
    return ["Python", "depth", "threads", "plain", *(f"added by {name}" for name in costs[0].added_ns)]
