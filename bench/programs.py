"""What is measured: our own programs, and pyperformance's benchmarks in one process with a fixed number of loops."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import data

OWN = Path(__file__).parent / "programs"


@dataclass(frozen=True)
class Program:
    name: str
    #: Script and its arguments.
    arguments: tuple[str, ...]
    #: Also run under profilers that take long.
    peers: bool = False


#: Loops that take about a second plain on one core of 2026.
PYPERFORMANCE_LOOPS = {
    "async_generators": 2,
    "chaos": 8,
    "deepcopy": 1500,
    "deltablue": 200,
    "float": 6,
    "go": 5,
    "json_dumps": 40,
    "json_loads": 2500,
    "nbody": 10,
    "pyflate": 1,
    "raytrace": 2,
    "regex_compile": 5,
    "richards": 20,
    "spectral_norm": 8,
    "telco": 80,
    "xml_etree": 2,
}


def own_programs(cache: Path, scale: float) -> list[Program]:
    def script(name: str, *arguments: object) -> Program:
        return Program(name, (str(OWN / f"{name}.py"), *map(str, arguments)), peers=True)

    return [
        script("recursion", 34 if scale == 1 else 29),
        script("object_churn", int(3_000_000 * scale)),
        script("bytes_churn", int(4_000_000 * scale)),
        script("json_document", data.json_document(cache, 50 * scale)),
        script("csv_rows", data.csv_rows(cache, int(400_000 * scale))),
        script("numpy_arrays", int(400 * scale)),
    ]


def pyperformance_programs(scale: float) -> list[Program]:
    import pyperformance

    folder = Path(pyperformance.__file__).parent / "data-files" / "benchmarks"
    programs = []
    for name, loops in PYPERFORMANCE_LOOPS.items():
        # A worker of pyperf runs the benchmark in its own process, once, and prints the time.
        options = ("--worker", "-l", str(max(1, int(loops * scale))), "-n1", "-w0")
        programs.append(Program(f"pyperformance {name}", (str(folder / f"bm_{name}" / "run_benchmark.py"), *options)))
    return programs
