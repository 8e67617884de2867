"""A long run under AllocLens: the program ends well, memory does not creep, nothing is lost, the capture is whole."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import modes
import results
from programs import OWN

#: Resident memory may grow by this much between the first and the last quarter of the run.
CREEP_BYTES = 20e6


def resident_bytes(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("VmRSS")), 0)


def creep(samples: list[int]) -> int:
    """Mean of the last quarter less mean of the second one: what grows after the start."""
    quarter = len(samples) // 4
    return sum(samples[-quarter:]) // quarter - sum(samples[quarter : 2 * quarter]) // quarter


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="alloclens-soak-") as name:
        capture = Path(name, "soak.alloclens")
        program = (str(OWN / "mixed_work.py"), str(seconds))
        process = subprocess.Popen(modes.alloclens("objects")(program, capture))
        samples = []
        while process.poll() is None:
            time.sleep(0.5)
            samples.append(resident_bytes(process.pid))
        samples = [sample for sample in samples if sample]
        summary = json.loads(subprocess.check_output(modes.own_report("summary")(capture, capture)))
        size = capture.stat().st_size
    faults = [
        *([f"the program ended with status {process.returncode}"] if process.returncode else []),
        *(["the capture is not complete"] if not summary["complete"] else []),
        *([f"{summary['lost_events']} events were lost"] if summary["lost_events"] else []),
        *([f"resident memory crept up by {creep(samples) / 1e6:.1f} MB"] if creep(samples) > CREEP_BYTES else []),
    ]
    results.keep(
        "soak",
        f"{seconds} s, {summary['events'] / 1e6:.1f} M events, capture {size / 1e6:.1f} MB, peak heap "
        f"{summary['peak_bytes'] / 1e6:.1f} MB, resident {max(samples) / 1e6:.1f} MB at most, "
        f"crept by {creep(samples) / 1e6:.1f} MB: {'; '.join(faults) or 'well'}",
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
