"""Sizes as markers and failures of tests have them: pytest-memray's. Here alone 1 MB is 2**20 bytes."""

import argparse
import re
from typing import Union

_SIZE = re.compile(r"(\+?\d*\.\d+|\+?\d+)\s*([KMGTP]B|B)", re.IGNORECASE)
_POWERS = {"B": 0, "KB": 1, "MB": 2, "GB": 3, "TB": 4, "PB": 5}


def parse_size(text: str) -> float:
    """`24 MB` → bytes. Raises ValueError."""
    match = _SIZE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"Invalid memory size format: {text}. Write a number and B, KB, MB, GB, TB or PB: '24 MB'.")
    number, unit = match.groups()
    return float(number) * 1024.0 ** _POWERS[unit.upper()]


def parse_percent(text: str) -> float:
    """`10` and `10%` → 10.0. Raises ValueError."""
    if not re.fullmatch(r"(\d+\.?\d*|\.\d+)\s*%?", text.strip(), re.ASCII):
        raise ValueError(f"'{text}' is no percentage: write a number such as 5%.")
    return float(text.strip().rstrip("%"))


def size_text(size: Union[int, float]) -> str:
    """`0.0B`, `117.2KiB`, `50.0MiB`."""
    value = float(size)
    for unit in ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi"):
        if abs(value) < 1024.0:
            return f"{value:3.1f}{unit}B"
        value /= 1024.0
    return f"{value:.1f}YiB"


def percent_argument(text: str) -> float:
    """The same, as a type of arguments: what is wrong is told in its own words."""
    try:
        return parse_percent(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
