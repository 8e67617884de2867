"""Where measurements are kept: bench/results/, one file a day and kind."""

from __future__ import annotations

import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent / "results"


def keep(kind: str, text: str) -> None:
    """Prints what was measured, and puts it into the day's file of that kind."""
    print(text)
    path = file(f"-{kind}", "md")
    command = " ".join(["python3", f"bench/{Path(sys.argv[0]).name}", *sys.argv[1:]])
    path.write_text(f"# {kind.capitalize()}\n\n`{command}`\n\n{text}\n", encoding="utf-8")


def file(kind: str, ending: str) -> Path:
    FOLDER.mkdir(exist_ok=True)
    return FOLDER / f"{time.strftime('%Y-%m-%d')}{kind}.{ending}"
