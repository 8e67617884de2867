"""The measured figures as a page of Markdown tables."""

from __future__ import annotations

from statistics import geometric_mean, median

import cost

import modes
from measure import ReportRuns, Runs, Sample

MEASURED = [mode for mode in modes.MODES if mode != modes.PLAIN]


def wall(samples: list[Sample]) -> list[float]:
    return [sample.wall_s for sample in samples]


def ratios(runs: Runs, mode: str) -> list[float]:
    """Of each round: the run under `mode` to the plain run of the same round."""
    return [under / plain for under, plain in zip(wall(runs.samples[mode]), wall(runs.samples[modes.PLAIN]))]


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def size(count: float) -> str:
    return f"{count / 1e6:.2f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def progress(runs: Runs) -> str:
    return f"{runs.program}: " + ", ".join(f"{mode} {median(ratios(runs, mode)):.2f}" for mode in MEASURED)


def slowdown_table(all_runs: list[Runs]) -> str:
    rows = []
    for runs in all_runs:
        cells = [runs.program, f"{median(wall(runs.samples[modes.PLAIN])):.2f} s"]
        for mode in MEASURED:
            of_rounds = ratios(runs, mode)
            cells.append(f"{median(of_rounds):.2f} ({min(of_rounds):.2f}–{max(of_rounds):.2f})")
        rows.append(cells)
    means = [f"**{geometric_mean(median(ratios(runs, mode)) for runs in all_runs):.2f}**" for mode in MEASURED]
    rows.append(["**geometric mean**", "", *means])
    return table(["program", "plain", *MEASURED], rows)


def peer_table(all_runs: list[Runs], columns: list[str]) -> str:
    rows = []
    for runs in all_runs:
        of_modes = [ratios(runs, mode) if mode in runs.samples else [] for mode in columns]
        cells = [f"{median(r):.2f} ({min(r):.2f}–{max(r):.2f})" if r else "failed" for r in of_modes]
        rows.append([runs.program, *cells])
    return table(["program", *columns], rows)


def memory_table(all_runs: list[Runs]) -> str:
    def resident(runs: Runs, mode: str) -> float:
        return median(sample.max_rss_bytes for sample in runs.samples[mode])

    rows = []
    for runs in all_runs:
        alone = resident(runs, modes.PLAIN)
        added = [size(resident(runs, mode) - alone) for mode in MEASURED]
        rows.append([runs.program, size(alone), *added])
    return table(["program", "plain", *(f"added by {mode}" for mode in MEASURED)], rows)


def event_table(all_runs: list[Runs]) -> str:
    """Of runs with detail `objects`. memray's extra time is compared where it is large enough to mean something."""
    rows = []
    for runs in all_runs:
        events = runs.events[modes.OBJECTS]
        compared = (modes.PLAIN, modes.OBJECTS, modes.MEMRAY_PYTHON)
        plain, ours, theirs = (median(wall(runs.samples[mode])) for mode in compared)
        share = (ours - plain) / (theirs - plain) if theirs - plain >= 0.2 else None
        rows.append(
            [
                runs.program,
                f"{events / 1e6:.2f} M",
                f"{(ours - plain) / events * 1e9:.0f} ns" if events >= 1e6 else "",
                f"{runs.capture_bytes[modes.OBJECTS] / events:.2f}" if events else "",
                f"{share:.0%}" if share is not None else "",
            ]
        )
    return table(["program", "events", "time an event", "bytes an event", "of memray's extra time"], rows)


def capture_table(all_runs: list[Runs]) -> str:
    """Ours without the sources in them, which memray's captures do not have, and then these."""
    rows = []
    for runs in all_runs:
        rest = [size(runs.capture_bytes[mode] - runs.source_bytes.get(mode, 0)) for mode in MEASURED]
        rows.append([runs.program, *rest, size(max(runs.source_bytes.values()))])
    return table(["program", *MEASURED, "sources in ours"], rows)


def report_table(reports: list[ReportRuns]) -> str:
    rows = []
    for runs in reports:
        most = max(sample.max_rss_bytes for sample in runs.samples)
        rows.append([runs.program, runs.mode, runs.report, f"{median(wall(runs.samples)):.2f} s", size(most)])
    return table(["program", "capture of", "report", "time", "memory"], rows)


def start_up_table(runs: Runs) -> str:
    plain = wall(runs.samples[modes.PLAIN])
    rows = []
    for mode in MEASURED:
        added = [(under - alone) * 1000 for under, alone in zip(wall(runs.samples[mode]), plain)]
        rows.append([mode, f"{median(added):.0f} ms ({min(added):.0f}–{max(added):.0f})"])
    return table([f"start-up added to {median(plain) * 1000:.0f} ms", "median (spread)"], rows)


def page(
    command: str,
    about: dict[str, object],
    start_up: Runs | None,
    all_runs: list[Runs],
    peers: list[Runs],
    reports: list[ReportRuns],
    costs: list[cost.Cost],
) -> str:
    circumstances = ", ".join(f"{key} {value}" for key, value in about.items())
    parts = [
        "# AllocLens beside memray",
        f"`{command}`: {circumstances}. Runs that are compared alternate; spread is the lowest and the highest round.",
    ]
    if all_runs:
        parts += ["## Whole-run time, as a multiple of the plain run", slowdown_table(all_runs)]
    if peers:
        parts += [
            "## Other profilers: whole-run time",
            peer_table(peers, [modes.OBJECTS, *modes.PEERS]),
            "## Native stacks too: whole-run time",
            peer_table(peers, list(modes.NATIVE)),
        ]
    if costs:
        parts += [
            "## One allocation and its free: nanoseconds of processor time",
            table(cost.header(costs), cost.rows(costs)),
        ]
    if all_runs:
        parts += ["## Events (objects)", event_table(all_runs), "## Peak of resident memory", memory_table(all_runs)]
    if start_up:
        parts += ["## Start-up", start_up_table(start_up)]
    if all_runs:
        parts += ["## Capture sizes", capture_table(all_runs)]
    if reports:
        parts += ["## Reports", report_table(reports)]
    return "\n\n".join(parts)
