"""Whoever knows memray's command line finds everything here: each word of it is taken, or answered with what to use."""

import re
import subprocess
import sys
from pathlib import Path

import interpreters
import pytest
from running import LAUNCHER, ROOT, environment

SMALL = ROOT / "test-fixtures" / "captures" / "small.alloclens"
#: Of memray 1.20: all options of its reports, each where it stands there.
TAKEN = [
    "-V",
    "flamegraph -o page.html --temporal --leaks --split-threads --inverted CAPTURE",
    "flamegraph -f -o page.html --temporary-allocations --max-memory-records 100 --no-web CAPTURE",
    "flamegraph -f -o page.html --temporary-allocation-threshold 2 --confidential-files all CAPTURE",
    "table -o table.txt --leaks --split-threads --no-web CAPTURE",
    "table -f -o table.txt --temporary-allocation-threshold 2 CAPTURE",
    "summary -s 4 -r 3 CAPTURE",
    "summary --temporary-allocations --max-rows 1 --sort-column 6 CAPTURE",
    "tree -b 10 --temporary-allocations CAPTURE",
    "stats -n 3 CAPTURE",
    "stats --num-largest 3 --json -f -o stats.json CAPTURE",
    "transform -o lines.csv --leaks csv CAPTURE",
    "transform -f speedscope --temporary-allocations CAPTURE",
    "transform -f csv --temporary-allocation-threshold 2 CAPTURE",
]
INSTEAD = {
    "transform gprof2dot CAPTURE": "Take `export --format pprof`",
    "transform CAPTURE": "`export --format FORMAT CAPTURE`",
    "parse CAPTURE": "`export --format ndjson`",
    "attach 1": "Start it with `run`",
    "detach 1": "nothing to detach",
    "table -o table.html CAPTURE": "`flamegraph -o FILE` writes a page",
}
RUN = [
    "--follow-fork",
    "--trace-python-allocators",
    "--no-compress",
    "--compress-on-exit",
    "--buffered-file-io",
    "--aggregate",
    "--native",
]


def call(folder: Path, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    command: list[str | Path] = [sys.executable, LAUNCHER, *words]
    return subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )


def words_of(text: str) -> list[str | Path]:
    return [SMALL if word == "CAPTURE" else word for word in text.split()]


@pytest.mark.parametrize("words", TAKEN)
def test_what_memray_takes_is_taken(words: str, tmp_path: Path) -> None:
    for file in ("page.html", "table.txt", "stats.json"):
        if " -f " in words:
            (tmp_path / file).write_text("of before")
    answer = call(tmp_path, *words_of(words))
    assert answer.returncode == 0, answer.stderr
    found = re.search(r"-o (\S+)", words)
    if found:
        assert (tmp_path / found[1]).stat().st_size > 100
        assert f"Wrote {found[1]}, " in answer.stderr
        assert answer.stdout == ""


@pytest.mark.parametrize("words", INSTEAD)
def test_what_goes_otherwise_here_is_said(words: str, tmp_path: Path) -> None:
    answer = call(tmp_path, *words_of(words))
    assert answer.returncode == 2
    assert INSTEAD[words] in answer.stderr
    assert not list(tmp_path.iterdir())


def test_memrays_options_of_run_are_taken(tmp_path: Path) -> None:
    answer = call(tmp_path, "run", "-o", "c.alloclens", *RUN, "-c", "print('ran')")
    assert (answer.returncode, answer.stdout) == (0, "ran\n")
    for name in ("--no-compress", "--compress-on-exit", "--buffered-file-io"):
        assert f"{name} does nothing" in answer.stderr
    answer = call(tmp_path, "run", "-q", "-f", "-o", "c.alloclens", "-p", "0", "-c", "print('ran')")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "ran\n", "")
    refused = call(tmp_path, "run", "--trace-python-allocators", "--detail", "system", "-c", "0")
    assert refused.returncode == 2
    assert "choose one" in refused.stderr


def test_no_option_of_memray_was_forgotten() -> None:
    """The list above against the help of the memray that is there."""
    interpreter = interpreters.get("3.11")
    if interpreter is None or interpreter.packages["memray"] is None:
        pytest.skip("this machine has no Python 3.11 with memray")
    for command in ("flamegraph", "table", "summary", "tree", "stats", "transform", "run"):
        help_of: list[str | Path] = [interpreter.python, "-m", "memray", command, "--help"]
        text = subprocess.run(help_of, capture_output=True, text=True, check=True).stdout
        theirs = set(re.findall(r"^  (?:-\w(?: \w+)?, )?(--[\w-]+)", text, re.MULTILINE)) - {"--help"}
        ours = call(ROOT, command, "--help").stdout if command != "transform" else ""
        known = " ".join(line for line in TAKEN if line.startswith(command)) + ours + " ".join(RUN)
        assert {option for option in theirs if option not in known} <= {"--output", "--force"}, command


@pytest.mark.parametrize("report", ["stats", "table", "summary", "lines", "timeline", "annotate", "convert", "inspect"])
def test_what_has_no_two_directions_says_so(report: str, tmp_path: Path) -> None:
    answer = call(tmp_path, report, "--inverted", SMALL)
    assert answer.returncode == 2
    assert "Lists have both directions: own bytes, and bytes with callees." in answer.stderr


def test_pages_of_exports_and_of_differences_can_begin_inverted(tmp_path: Path) -> None:
    for words in (["export", "--format", "html", "-o", "page.html"], ["diff", "--html", "page.html", SMALL]):
        assert call(tmp_path, *words, "-f", "--inverted", SMALL).returncode == 0
    assert "is for --format html" in call(tmp_path, "export", "--inverted", "--format", "csv", SMALL).stderr
    assert "is for the page" in call(tmp_path, "diff", "--inverted", SMALL, SMALL).stderr


def test_functions_of_a_summary_are_in_the_order_of_the_column(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "def b(): return a() + bytes(100_000)\ndef a(): return bytes(900_000)\nk = b()\n"
    )
    assert call(tmp_path, "run", "-qo", "c.alloclens", "program.py").returncode == 0

    def names(column: int) -> list[str]:
        lines = call(tmp_path, "summary", "--total", "-r", "50", "-s", str(column), "c.alloclens").stdout.splitlines()
        return [line.split()[-2] for line in lines if "program.py" in line and "Command" not in line]

    assert names(1) == ["<module>", "a", "b"]
    assert names(2) == ["<module>", "b", "a"]
    assert names(4)[:2] == ["b", "a"]  # its own sum of both is larger
    first = call(tmp_path, "summary", "--total", "-r", "1", "c.alloclens").stdout.splitlines()
    assert first[-1].split()[-2] == "<module>"
