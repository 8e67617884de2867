"""Half an hour of hostile captures for the reader, under ASan and UBSan: called by `npm run test:full`."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import results

ROOT = Path(__file__).parents[1]
SANITIZED = ROOT / "build" / "sanitized" / "core" / "fuzz"
FOUND = ROOT / "test-results"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=1800)
    seconds = parser.parse_args().seconds
    fuzzer = SANITIZED / "read_capture"
    if not fuzzer.exists():
        sys.exit(f"{fuzzer} is missing. Build it: npm test -- sanitizers")
    FOUND.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="alloclens-fuzz-") as corpus:
        subprocess.run([SANITIZED / "core_fuzz_seeds", corpus], check=True)
        limits = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=16384", f"-max_total_time={seconds}"]
        run = subprocess.run(
            [fuzzer, *limits, "-print_final_stats=1", f"-artifact_prefix={FOUND}/", corpus],
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    found = re.search(r"Test unit written to (\S+)", run.stderr)
    inputs = re.search(r"number_of_executed_units:\s*(\d+)", run.stderr)
    coverage = re.findall(r"cov: (\d+) ft: (\d+)", run.stderr)
    if run.returncode or not inputs or not coverage:
        print(run.stderr[-5000:])
    places, features = coverage[-1] if coverage else ("?", "?")
    results.keep(
        "fuzz",
        f"{seconds} s, {inputs[1] if inputs else '?'} captures, {places} places of the code and {features} features "
        f"reached: {f'kept {found[1]}' if found else 'nothing found'}",
    )
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
