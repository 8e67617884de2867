"""Instructions that tracking adds to one allocation with its free: what a busy machine does not change. Needs valgrind.

The same program makes more pairs and fewer; the difference is that of the pairs alone.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cost import DEPTHS, OWN_VERSION, interpreters

import modes
import results
from programs import OWN

FEW, MANY = 5_000, 25_000


def instructions(command: list[str], folder: str) -> int:
    words = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/callgrind", *command]
    told = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stderr
    collected = re.search(r"Collected : (\d+)", told)
    assert collected is not None, told
    return int(collected.group(1))


def of_a_pair(python: str, depth: int, tracked: bool, folder: str) -> float:
    counts = []
    for pairs in (FEW, MANY):
        program = (str(OWN / "pairs.py"), str(depth), "1", str(pairs))
        command = modes.alloclens("objects")(program, Path(folder, "capture")) if tracked else ["", *program]
        counts.append(instructions([python, *command[1:]], folder))
    return (counts[1] - counts[0]) / (MANY - FEW)


def main() -> int:
    rows = [(OWN_VERSION, sys.executable, depth) for depth in DEPTHS]
    others = {version: interpreters.find(version) for version in interpreters.SUPPORTED if version != OWN_VERSION}
    rows += [(version, str(python), DEPTHS[0]) for version, python in others.items() if python]
    lines = ["| Python | depth | plain | added |", "| --- | ---: | ---: | ---: |"]
    with tempfile.TemporaryDirectory(prefix="alloclens-instructions-") as folder:
        for version, python, depth in rows:
            plain = of_a_pair(python, depth, False, folder)
            added = of_a_pair(python, depth, True, folder) - plain
            lines.append(f"| {version} | {depth} | {plain:.0f} | {added:.0f} |")
            print(lines[-1], file=sys.stderr, flush=True)
    results.keep("instructions", "\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
