"""How a program is run: plain, under AllocLens, under memray, and under other profilers of memory."""

from __future__ import annotations

import compileall
import sys
from collections.abc import Callable
from pathlib import Path

LAUNCHER = Path(__file__).parent.parent / "native" / "python" / "alloclens" / "__main__.py"

# As an installed package is: pip compiles what it installs, and memray was installed.
compileall.compile_dir(LAUNCHER.parent, quiet=1)

#: From the program's arguments and the capture to be written to a command line.
Mode = Callable[[tuple[str, ...], Path], list[str]]


def plain(program: tuple[str, ...], capture: Path) -> list[str]:
    return [sys.executable, *program]


def alloclens(detail: str, *more: str) -> Mode:
    def command(program: tuple[str, ...], capture: Path) -> list[str]:
        options = ["-q", "-f", "-o", str(capture), "--detail", detail, *more]
        return [sys.executable, str(LAUNCHER), "run", *options, *program]

    return command


def memray(*options: str) -> Mode:
    def command(program: tuple[str, ...], capture: Path) -> list[str]:
        return [sys.executable, "-m", "memray", "run", "-q", "-f", "-o", str(capture), *options, *program]

    return command


PLAIN = "plain"
OBJECTS = "alloclens objects"
MEMRAY_PYTHON = "memray python"
MODES: dict[str, Mode] = {
    PLAIN: plain,
    "alloclens system": alloclens("system"),
    OBJECTS: alloclens("objects"),
    "memray": memray(),
    MEMRAY_PYTHON: memray("--trace-python-allocators"),
}

#: Native stacks too; on our own programs alone.
NATIVE: dict[str, Mode] = {
    "alloclens system, native": alloclens("system", "--native"),
    "memray native": memray("--native"),
    "alloclens objects, native": alloclens("objects", "--native"),
    "memray python native": memray("--trace-python-allocators", "--native"),
}


def tracemalloc(program: tuple[str, ...], capture: Path) -> list[str]:
    return [sys.executable, "-X", "tracemalloc", *program]


def fil(program: tuple[str, ...], capture: Path) -> list[str]:
    return [sys.executable, "-m", "filprofiler", "--no-browser", "-o", str(capture), "run", *program]


def scalene(program: tuple[str, ...], capture: Path) -> list[str]:
    script, *arguments = program
    return [sys.executable, "-m", "scalene", "run", "-o", str(capture), script, "---", *arguments]


#: They answer less: one peak, samples, or no stacks. So they run on our own programs alone.
PEERS: dict[str, Mode] = {"tracemalloc": tracemalloc, "Fil": fil, "Scalene": scalene}

#: From a capture and a file for the report to a command line.
Report = Callable[[Path, Path], list[str]]


def own_report(name: str) -> Report:
    return lambda capture, output: [sys.executable, str(LAUNCHER), name, "--json", str(capture)]


def own_table(capture: Path, output: Path) -> list[str]:
    return [sys.executable, str(LAUNCHER), "table", str(capture)]


def own_page(capture: Path, output: Path) -> list[str]:
    return [sys.executable, str(LAUNCHER), "flamegraph", "-f", "-o", str(output), str(capture)]


def memray_report(name: str) -> Report:
    return lambda capture, output: [sys.executable, "-m", "memray", name, "-f", "-o", str(output), str(capture)]


def memray_stats(capture: Path, output: Path) -> list[str]:
    return [sys.executable, "-m", "memray", "stats", str(capture)]


OWN_REPORTS: dict[str, Report] = {
    "summary": own_report("summary"),
    "lines": own_report("lines"),
    "stats": own_report("stats"),
    "table": own_table,
    "flamegraph": own_page,
}
MEMRAY_REPORTS: dict[str, Report] = {
    "stats": memray_stats,
    "table": memray_report("table"),
    "flamegraph": memray_report("flamegraph"),
}
#: By mode of the run.
REPORTS = {
    "alloclens system": OWN_REPORTS,
    "alloclens objects": OWN_REPORTS,
    "memray": MEMRAY_REPORTS,
    "memray python": MEMRAY_REPORTS,
}
