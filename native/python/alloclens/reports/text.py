"""Plain tables and bars for terminals, pipes and files. Colour only where a person looks and wants it."""

import os
import re
import sys
from typing import List, Optional, Sequence, TextIO

RIGHT, LEFT = ">", "<"
BLOCKS = " ▏▎▍▌▋▊▉█"


def is_interactive() -> bool:
    """A person can press keys and see what happens."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def has_colour(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


def bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if has_colour(sys.stdout) else text


def dim(text: str) -> str:
    return f"\033[2m{text}\033[0m" if has_colour(sys.stdout) else text


def width_of_terminal(otherwise: int = 100) -> int:
    """As shutil tells it, which takes as long to import as a small capture to read."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or otherwise  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return otherwise


def columns(header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> List[str]:
    """Lines of a table. `align` has a < or > for each column; the last column is never padded."""
    table = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[place]) for row in table) for place in range(len(header) - 1)] + [0]
    lines = [
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(row, align, widths)).rstrip() for row in table
    ]
    return [bold(lines[0]), *lines[1:]]


def share_text(part: int, whole: int) -> str:
    """`61 %` from 10 up, else `4.7 %`; `<0.1 %`."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 0.1:
        return "<0.1\u00a0%"
    return f"{percent:.0f}\u00a0%" if percent >= 9.95 else f"{percent:.1f}\u00a0%"


def bar(part: float, whole: float, width: int) -> str:
    eighths = round(8 * width * part / whole) if whole > 0 else 0
    full, rest = divmod(max(0, min(eighths, 8 * width)), 8)
    return "█" * full + (BLOCKS[rest] if rest else "")


def place_text(file: Optional[str], line: Optional[int], function: Optional[str]) -> str:
    if file is None:
        return function or "(no Python line)"
    where = file if line is None else f"{file}:{line}"
    return f"{where} {function}" if function else where


def short_place(place: str, folder: str = "") -> str:
    """Without what all places of its kind have in common: the program's folder, site-packages, the standard library."""
    if folder and place.startswith(folder + "/"):
        return place[len(folder) + 1 :]
    return re.sub(r"^.*/(?:site|dist)-packages/|^.*/lib/python3\.\d+/", "", place)
