"""Reports beside memray's, of the same program at 1, 10, 30 and 100 million events: seconds, memory, HTML sizes.

Runs that are compared alternate. The largest size has one round, since memray takes minutes for it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

import modes
import results
from measure import Sample, measure
from programs import OWN
from report import size, table

#: That the program makes for each of its objects.
EVENTS_AN_OBJECT = 11.87
MILLIONS = (1, 10, 30, 100)
REPORTS = ("stats", "table", "flamegraph")
SINGLE = 100
"""Million events from which on there is one round."""


@dataclass
class Runs:
    samples: list[Sample] = field(default_factory=list)
    page_bytes: int = 0

    def text(self) -> str:
        times = sorted(sample.wall_s for sample in self.samples)
        return f"{median(times):.2f} s ({times[0]:.2f}–{times[-1]:.2f})"

    def seconds(self) -> float:
        return median(sample.wall_s for sample in self.samples)

    def memory(self) -> str:
        return size(max(sample.max_rss_bytes for sample in self.samples))


def record(millions: int, folder: Path) -> tuple[Path, Path]:
    """The captures of the same program, ours and memray's; those that are there already are taken as they are."""
    program = (str(OWN / "object_churn.py"), str(round(millions * 1e6 / EVENTS_AN_OBJECT)))
    ours, theirs = folder / f"{millions}.alloclens", folder / f"{millions}.memray"
    modes_of = {ours: modes.alloclens("objects"), theirs: modes.memray("--trace-python-allocators")}
    for capture, mode in modes_of.items():
        if not capture.exists():
            part = capture.with_suffix(".part")
            measure(mode(program, part), folder / "log")
            part.rename(capture)
    return ours, theirs


def compare(millions: int, rounds: int, folder: Path) -> list[list[str]]:
    ours, theirs = record(millions, folder)
    events = json.loads(subprocess.check_output(modes.own_report("summary")(ours, ours)))["events"]
    rows = []
    for name in REPORTS:
        mine, peer = Runs(), Runs()
        page = folder / "page.html"
        for _ in range(rounds):
            for reports, capture, runs in ((modes.OWN_REPORTS, ours, mine), (modes.MEMRAY_REPORTS, theirs, peer)):
                runs.samples.append(measure(reports[name](capture, page), folder / "log"))
                runs.page_bytes = page.stat().st_size if page.exists() and name == "flamegraph" else 0
                page.unlink(missing_ok=True)
        ratio = [b.wall_s / a.wall_s for a, b in zip(mine.samples, peer.samples)]
        rows.append(
            [
                f"{events / 1e6:.1f} M",
                name,
                mine.text(),
                f"{events / mine.seconds() / 1e6:.0f} M",
                peer.text(),
                f"{events / peer.seconds() / 1e6:.1f} M",
                f"{median(ratio):.0f}× ({min(ratio):.0f}–{max(ratio):.0f})",
                f"{mine.memory()} / {peer.memory()}",
                f"{size(mine.page_bytes)} / {size(peer.page_bytes)}" if mine.page_bytes else "",
            ]
        )
        print(" | ".join(rows[-1]), file=sys.stderr, flush=True)
    return rows


HEADER = ["events", "report", "here", "events/s", "memray", "events/s", "faster", "memory", "HTML"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--millions", type=int, nargs="+", default=list(MILLIONS))
    parser.add_argument("--captures", type=Path, help="folder that keeps them; what is there is taken")
    parser.add_argument("--record", action="store_true", help="only record what is not there yet")
    options = parser.parse_args()
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory(prefix="alloclens-reports-") as name:
        folder = options.captures or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        for millions in options.millions:
            if options.record:
                record(millions, folder)
            else:
                rows += compare(millions, 1 if millions >= SINGLE else options.rounds, folder)
    if options.record:
        return 0
    about = (
        f"`object_churn.py` under `--detail objects`, under memray {version('memray')} with its "
        f"`--trace-python-allocators`; Python {sys.version.split()[0]}, {os.cpu_count()} cores, load before "
        f"{os.getloadavg()[0]:.1f}. Median (lowest–highest) of {options.rounds} rounds, of one from {SINGLE} M events "
        "on. "
        "Times are of whole commands; memory and HTML are here / memray."
    )
    results.keep("reports", f"{about}\n\n{table(HEADER, rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
