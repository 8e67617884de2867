"""Puts the newest whole measurement into README.md: `python3 bench/readme.py`; `npm run bench` does it, too."""

from __future__ import annotations

import json
import re
from pathlib import Path
from statistics import geometric_mean, median

import results

README = results.FOLDER.parents[1] / "README.md"
ROWS = {
    "malloc and mmap only": ("alloclens system", "memray"),
    "Python's own allocators too": ("alloclens objects", "memray python"),
}


def section(file: Path) -> str:
    measured = json.loads(file.read_text(encoding="utf-8"))
    start_up, *programs = measured["runs"]
    about = measured["about"]

    def seconds(runs: dict, mode: str) -> list[float]:
        return [sample["wall_s"] for sample in runs["samples"][mode]]

    def mean(mode: str) -> float:
        of_programs = ([a / b for a, b in zip(seconds(runs, mode), seconds(runs, "plain"))] for runs in programs)
        return geometric_mean(median(ratios) for ratios in of_programs)

    def added_ms(mode: str) -> float:
        return median((a - b) * 1000 for a, b in zip(seconds(start_up, mode), seconds(start_up, "plain")))

    python = ".".join(about["Python"].split(".")[:2])
    memray = ".".join(about["memray"].split(".")[:2])
    rounds = len(seconds(programs[0], "plain"))
    start_up_ms, start_up_s = added_ms("alloclens objects"), added_ms("memray python") / 1000
    rows = [f"| {name} | {mean(ours):.2f} | {mean(theirs):.2f} |" for name, (ours, theirs) in ROWS.items()]
    rows.append(f"| start-up added | {start_up_ms:.0f} ms | {start_up_s:.1f} s |")
    page = file.with_suffix(".md").relative_to(README.parent)
    circumstances = f"{rounds} rounds on {about['cores']} cores, CPython {python}, memray {memray}"
    return (
        f"Whole runs of {len(programs)} programs, as a multiple of the plain run, geometric mean ({circumstances}; "
        f"[all figures]({page}), `npm run bench` repeats them):\n\n"
        "| | AllocLens | memray |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def update() -> None:
    whole = [path for path in results.FOLDER.glob("*.json") if re.fullmatch(r"\d{4}-\d\d-\d\d", path.stem)]
    text = README.read_text(encoding="utf-8")
    place = re.compile(r"(?<=## What it costs\n\n).*?\n(?=\n## )", re.DOTALL)
    assert place.search(text), "README.md has no section “What it costs”."
    README.write_text(place.sub(lambda _: section(max(whole)), text, count=1), encoding="utf-8")


if __name__ == "__main__":
    update()
