"""The one place of the terminal that turns numbers into words: the rules of extension/shared/units.ts."""

NBSP = "\u00a0"


def bytes_text(count: int) -> str:
    """`0 B`, `512 B`, `3.4 kB`, `203.4 MB`: one decimal from kB up; 999.95 kB rolls to `1.0 MB`."""
    value: float = abs(count)
    sign = "\u2212" if count < 0 else ""
    if value < 1000:
        return f"{sign}{int(value)}{NBSP}B"
    for unit in ("kB", "MB", "GB", "TB", "PB"):
        value /= 1000
        if round(value, 1) < 1000 or unit == "PB":
            break
    return f"{sign}{value:.1f}{NBSP}{unit}"


def count_text(count: int) -> str:
    """`102`, `800k`, `4.5M`: three significant digits at most."""
    value: float = count
    suffix = ""
    for following in ("k", "M", "G", "T"):
        if float(f"{value:.3g}") < 1000:
            break
        value /= 1000
        suffix = following
    if not suffix:
        return str(count)
    return f"{float(f'{value:.2g}' if value < 10 else f'{value:.3g}'):g}{suffix}"


def blocks_text(count: int) -> str:
    return f"{count_text(count)} block{'' if count == 1 else 's'}"


def duration_text(seconds: float) -> str:
    """`0.4 s`, `5.1 s`, `1:42`, `1:02:03`."""
    if seconds < 59.95:
        return f"{seconds:.1f}{NBSP}s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
