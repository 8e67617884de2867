"""Side by side: plain, AllocLens and memray on the same programs. Called by `npm run bench`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from cost import measure_costs

import report
import results
from measure import ReportRuns, Runs, compare, compare_reports
from programs import OWN, Program, own_programs, pyperformance_programs

#: Programs whose captures are large enough for reports to be compared.
REPORTED = {"object_churn", "json_document"}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="npm run bench --", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, one round: for a first look")
    parser.add_argument("--rounds", type=int, help="how often each program runs in each mode (default 5)")
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="programs with NAME in their name")
    parser.add_argument("--cache", type=Path, required=True, help="folder for input files")
    return parser.parse_args()


def command_of(options: argparse.Namespace) -> str:
    """The command that repeats the measurement."""
    parts = ["npm", "run", "bench", "--", *(["--quick"] if options.quick else [])]
    parts += ["--rounds", str(options.rounds)] if options.rounds else []
    for name in options.only:
        parts += ["--only", name]
    return " ".join(parts)


def machine() -> dict[str, object]:
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return {
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "Python": platform.python_version(),
        "memray": version("memray"),
        "filprofiler": version("filprofiler"),
        "scalene": version("scalene"),
        "pyperformance": version("pyperformance"),
        "numpy": version("numpy"),
        "system": platform.platform(),
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "load before": round(os.getloadavg()[0], 1),
    }


def main() -> int:
    options = arguments()
    rounds = options.rounds or (1 if options.quick else 5)
    scale = 0.1 if options.quick else 1
    options.cache.mkdir(parents=True, exist_ok=True)
    programs = own_programs(options.cache, scale) + pyperformance_programs(scale)
    if options.only:
        programs = [program for program in programs if any(part in program.name for part in options.only)]
    about = machine()
    all_runs: list[Runs] = []
    reports: list[ReportRuns] = []
    folder = Path(tempfile.mkdtemp(prefix="alloclens-bench-"))
    try:
        start_up = compare(Program("nothing", (str(OWN / "nothing.py"),)), 3 if options.quick else 15, folder)
        for program in programs:
            all_runs.append(compare(program, rounds, folder))
            print(report.progress(all_runs[-1]), file=sys.stderr, flush=True)
            if program.name in REPORTED:
                reports += compare_reports(program, 1 if options.quick else 3, folder)
            for capture in folder.glob("*.capture"):
                capture.unlink()
        costs = measure_costs(rounds, scale, folder / "pairs.capture")
    finally:
        shutil.rmtree(folder)

    command = command_of(options)
    text = report.page(command, about, start_up, all_runs, reports, costs)
    print(f"\n{text}\n")
    kind = "-quick" if options.quick else ""
    results.file(kind, "md").write_text(text + "\n", encoding="utf-8")
    figures = {
        "command": command,
        "about": about,
        "runs": [asdict(runs) for runs in [start_up, *all_runs]],
        "reports": [asdict(runs) for runs in reports],
        "costs": [asdict(cost) for cost in costs],
    }
    results.file(kind, "json").write_text(json.dumps(figures) + "\n", encoding="utf-8")
    print(f"Written to {results.file(kind, 'md')} and .json", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
