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

import readme
from cost import Cost, measure_costs

import report
import results
from measure import ReportRuns, Runs, compare, compare_peers, compare_reports
from programs import OWN, Program, own_programs, pyperformance_programs

#: Programs whose captures are large enough for reports to be compared.
REPORTED = {"object_churn", "json_document"}

#: Peers and reports take long, so they run in fewer rounds.
LONG_ROUNDS = 2
PARTS = ("runs", "peers", "reports", "start-up", "costs")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="npm run bench --", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, one round: for a first look")
    parser.add_argument("--rounds", type=int, help="how often each program runs in each mode (default 5)")
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="programs with NAME in their name")
    parser.add_argument("--parts", metavar="PART,…", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--cache", type=Path, required=True, help="folder for input files")
    options = parser.parse_args()
    options.parts = options.parts.split(",")
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"There is no part {', '.join(sorted(unknown))}: choose of {', '.join(PARTS)}.")
    return options


def command_of(options: argparse.Namespace) -> str:
    """The command that repeats the measurement."""
    parts = ["npm", "run", "bench", "--", *(["--quick"] if options.quick else [])]
    parts += ["--rounds", str(options.rounds)] if options.rounds else []
    for name in options.only:
        parts += ["--only", name]
    parts += ["--parts", ",".join(options.parts)] if len(options.parts) < len(PARTS) else []
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
    began = time.monotonic()
    options = arguments()
    rounds = options.rounds or (1 if options.quick else 5)
    scale = 0.1 if options.quick else 1
    options.cache.mkdir(parents=True, exist_ok=True)
    programs = own_programs(options.cache, scale) + pyperformance_programs(scale)
    if options.only:
        programs = [program for program in programs if any(part in program.name for part in options.only)]
    about = machine()
    wanted = {part: part in options.parts for part in PARTS}
    long_rounds = min(rounds, LONG_ROUNDS)
    start_up: Runs | None = None
    all_runs: list[Runs] = []
    peers: list[Runs] = []
    reports: list[ReportRuns] = []
    costs: list[Cost] = []
    folder = Path(tempfile.mkdtemp(prefix="alloclens-bench-"))
    try:
        if wanted["start-up"]:
            start_up = compare(Program("nothing", (str(OWN / "nothing.py"),)), 3 if options.quick else 15, folder)
        for program in programs:
            reported = wanted["reports"] and program.name in REPORTED
            if wanted["runs"]:
                all_runs.append(compare(program, rounds, folder))
                print(report.progress(all_runs[-1]), file=sys.stderr, flush=True)
            elif reported:
                compare(program, 1, folder)
            if reported:
                reports += compare_reports(program, long_rounds, folder)
            if wanted["peers"] and program.peers:
                peers.append(compare_peers(program, long_rounds, folder))
            for capture in folder.glob("*.capture"):
                capture.unlink()
        if wanted["costs"]:
            costs = measure_costs(rounds, scale, folder / "pairs.capture")
    finally:
        shutil.rmtree(folder)
    about["minutes"] = round((time.monotonic() - began) / 60)

    command = command_of(options)
    text = report.page(command, about, start_up, all_runs, peers, reports, costs)
    print(f"\n{text}\n")
    chosen = options.parts if len(options.parts) < len(PARTS) else []
    kind = "".join(f"-{word}" for word in (*(["quick"] if options.quick else []), *chosen))
    results.file(kind, "md").write_text(text + "\n", encoding="utf-8")
    figures = {
        "command": command,
        "about": about,
        "runs": [asdict(runs) for runs in [*([start_up] if start_up else []), *all_runs]],
        "peers": [asdict(runs) for runs in peers],
        "reports": [asdict(runs) for runs in reports],
        "costs": [asdict(cost) for cost in costs],
    }
    results.file(kind, "json").write_text(json.dumps(figures) + "\n", encoding="utf-8")
    if not (kind or options.only):
        readme.update()
    print(f"Written to {results.file(kind, 'md')} and .json", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
