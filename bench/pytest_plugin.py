"""What the pytest plugin costs on suites of others, beside pytest-memray: processor time of whole runs, alternating."""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
from pathlib import Path

import results

sys.path.append(str(Path(__file__).parent.parent / "native" / "python" / "tests"))
from suites import SUITES, Suite

# Where a wheel was built, the checkout counts as an installation: the same plugin by another name.
OURS = ("-p", "no:memray", "-p", "no:alloclens", "-p", "alloclens.pytest_plugin")
MODES = {
    "plain": ("-p", "no:memray"),
    "loaded, no limit": OURS,
    "AllocLens, system": (*OURS, "--alloclens", "--alloclens-detail=system"),
    "AllocLens": (*OURS, "--alloclens"),  # objects
    "pytest-memray": ("--memray",),
    "pytest-memray, objects": ("--memray", "--trace-python-allocators"),
}


def seconds(suite: Suite, options: tuple[str, ...]) -> float:
    words = suite.command(*options, tests=suite.measured)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, cwd=suite.folder, env=suite.environment(), capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # 1: a test fails here with and without us, or pytest could not begin.
    if done.returncode not in (0, 1) or " passed" not in done.stdout:
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    names = list(MODES)
    lines = ["| suite | plain | " + " | ".join(names[1:]) + " |", "|---|---:" + "|---:" * (len(names) - 1) + "|"]
    for suite in SUITES:
        seconds(suite, MODES["plain"])  # warms the disk's cache
        times: dict[str, list[float]] = {name: [] for name in names}
        for number in range(rounds):
            # Each round begins with another mode.
            for name in names[number % len(names) :] + names[: number % len(names)]:
                times[name].append(seconds(suite, MODES[name]))
        plain = statistics.median(times["plain"])
        cells = [f"{suite.name} {suite.version}", f"{plain:.2f} s"]
        for name in names[1:]:
            ratios = [with_it / without for with_it, without in zip(times[name], times["plain"])]
            cells.append(f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})")
        lines.append("| " + " | ".join(cells) + " |")
        print(lines[-1], file=sys.stderr, flush=True)
    text = (
        f"Processor time of pytest, as a multiple of the plain run: median of {rounds} rounds (smallest–largest).\n\n"
    )
    results.keep("pytest", text + "\n".join(lines))


if __name__ == "__main__":
    main()
