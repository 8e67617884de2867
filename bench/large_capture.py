"""A capture of some hundred million events: how fast it is read, and how much memory the reader takes."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import modes
import results
from measure import measure
from programs import OWN

#: Events a second that a report must reach on one core.
SLOWEST = 40e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=30_000_000)
    objects = parser.parse_args().objects
    with tempfile.TemporaryDirectory(prefix="alloclens-large-") as name:
        folder = Path(name)
        capture = folder / "large.alloclens"
        program = (str(OWN / "object_churn.py"), str(objects))
        run = measure(modes.alloclens("objects")(program, capture), folder / "log")
        summary = json.loads(subprocess.check_output(modes.own_report("summary")(capture, capture)))
        report = measure(modes.own_report("lines")(capture, capture), folder / "log")
        size = capture.stat().st_size
    rate = summary["events"] / report.wall_s
    results.keep(
        "large-capture",
        f"{summary['events'] / 1e6:.0f} M events in {run.wall_s:.1f} s, capture {size / 1e6:.1f} MB; lines report "
        f"{report.wall_s:.1f} s = {rate / 1e6:.0f} M events/s, reader's memory {report.max_rss_bytes / 1e6:.0f} MB",
    )
    if rate < SLOWEST:
        print(f"Slower than {SLOWEST / 1e6:.0f} M events/s.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
