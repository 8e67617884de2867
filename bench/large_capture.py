"""Captures larger than a program of ours makes: how fast they are read, and how much memory that takes.

Some hundred million events of a real run; a synthetic capture of 10 GB; and one with 5 million different stacks, each
of which holds a block. Synthetic ones are made once, in the cache.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import modes
import results
from measure import Sample, measure
from programs import OWN
from report import size, table

#: Events a second that a report of small objects must reach, and bytes of a page.
SLOWEST = 40e6
LARGEST_PAGE = 5_000_000
CACHE = Path(os.environ.get("ALLOCLENS_CACHE") or Path.home() / ".cache" / "alloclens") / "bench"
ROOT = Path(__file__).parent.parent


@dataclass
class Report:
    capture: str
    bytes: int
    events: int
    name: str
    sample: Sample
    page_bytes: int

    @property
    def rate(self) -> float:
        return self.events / self.sample.wall_s

    def cells(self) -> list[str]:
        return [
            self.capture,
            size(self.bytes),
            f"{self.events / 1e6:.1f} M",
            self.name,
            f"{self.sample.wall_s:.1f} s",
            f"{self.sample.cpu_s:.1f} s",
            f"{self.rate / 1e6:.0f} M",
            size(self.sample.max_rss_bytes),
            size(self.page_bytes) if self.page_bytes else "",
        ]

    def beyond_budget(self) -> bool:
        return self.page_bytes > LARGEST_PAGE or (self.capture == "small objects" and self.rate < SLOWEST)


HEADER = ["capture", "size", "events", "report", "time", "processor", "events a second", "memory", "HTML"]


def synthetic(kind: str, amount: int) -> Path:
    """The same file every time; the code that makes it is part of its name."""
    made_by = zlib.crc32((ROOT / "native/core/testing/large_captures.hpp").read_bytes())
    path = CACHE / f"{kind}-{amount}-{made_by:08x}.alloclens"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        print(f"Making {path}", file=sys.stderr, flush=True)
        subprocess.run([ROOT / "build/core/make_large", part, kind, str(amount)], check=True)
        part.rename(path)
    return path


def reports_of(name: str, capture: Path, folder: Path, reports: list[str]) -> list[Report]:
    """Of `summary` first, which tells how many events there are."""
    done: list[Report] = []
    events = 0
    for report in ["summary", *reports]:
        page, log = folder / "page.html", folder / "log"
        sample = measure(modes.OWN_REPORTS[report](capture, page), log)
        events = events or json.loads(log.read_text())["events"]
        page_bytes = page.stat().st_size if page.exists() else 0
        page.unlink(missing_ok=True)
        done.append(Report(name, capture.stat().st_size, events, report, sample, page_bytes))
        print(" | ".join(done[-1].cells()), file=sys.stderr, flush=True)
    return done


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=30_000_000)
    parser.add_argument("--bytes", type=int, default=10_000_000_000)
    parser.add_argument("--stacks", type=int, default=5_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="alloclens-large-") as name:
        folder = Path(name)
        capture = folder / "churn.alloclens"
        program = (str(OWN / "object_churn.py"), str(options.objects))
        run = measure(modes.alloclens("objects")(program, capture), folder / "log")
        done = reports_of("small objects", capture, folder, ["lines"])
        capture.unlink()
        done += reports_of("many bytes", synthetic("bytes", options.bytes), folder, [])
        done += reports_of(
            "many stacks", synthetic("stacks", options.stacks), folder, ["lines", "stats", "table", "flamegraph"]
        )
    page = table(HEADER, [report.cells() for report in done])
    results.keep("large-capture", f"The run of small objects took {run.wall_s:.1f} s.\n\n{page}")
    beyond = [report for report in done if report.beyond_budget()]
    for report in beyond:
        print(f"Beyond the budget: {' | '.join(report.cells())}")
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
