"""`diff`, `export` and `inspect`: what goes out of captures, and what is wrong with them."""

import base64
import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from running import LAUNCHER, ROOT, environment

CAPTURES = ROOT / "test-fixtures" / "captures"
PROGRAM = """\
import sys


def same():
    return bytearray(1_000_000)


def grows(size):
    return bytearray(size)


kept = [same(), grows(int(sys.argv[1]))]
"""


def call(folder: Path, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    command: list[str | Path] = [sys.executable, LAUNCHER, *words]
    return subprocess.run(
        command, cwd=folder, env=environment(COLUMNS="120"), capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("runs")
    (made / "program.py").write_text(PROGRAM)
    for name, size in (("before", "1000000"), ("after", "3000000")):
        assert call(made, "run", "-qo", f"{name}.alloclens", "program.py", size).returncode == 0
    return made


def test_a_difference_is_told_by_line_and_by_function(folder: Path) -> None:
    text = call(folder, "diff", "before.alloclens", "after.alloclens").stdout
    assert re.search(r"^ *\+2\.0\sMB +1\.0\sMB +3\.0\sMB +\S+program\.py:9 grows$", text, re.MULTILINE), text
    assert "same" not in text
    assert "\u22122.0\u00a0MB" in call(folder, "diff", "after.alloclens", "before.alloclens").stdout
    lines = json.loads(call(folder, "diff", "--json", "before.alloclens", "after.alloclens").stdout)["lines"]
    [row] = [row for row in lines if row["function"] == "grows"]
    assert row["after"]["peak_bytes"] - row["before"]["peak_bytes"] == 2_000_000


@pytest.mark.parametrize(
    ("limit", "status"), [("5%", 3), ("1.5 %", 3), ("300%", 0), ("1MB", 3), ("2100kB", 0), ("10 MiB", 0)]
)
def test_growth_beyond_the_limit_fails(folder: Path, limit: str, status: int) -> None:
    result = call(folder, "diff", "--fail-on-increase", limit, "before.alloclens", "after.alloclens")
    assert result.returncode == status
    assert (f"by more than {limit}." in result.stderr) == (status == 3)
    assert call(folder, "diff", "--fail-on-increase", limit, "after.alloclens", "before.alloclens").returncode == 0


def test_a_comparison_in_markdown_fits_a_comment_on_a_pull_request(folder: Path) -> None:
    words = ["diff", "--format", "markdown", "--limit", "2", "--fail-on-increase", "5%"]
    result = call(folder, *words, "before.alloclens", "after.alloclens")
    assert result.returncode == 3
    lines = result.stdout.replace("\u00a0", " ").splitlines()
    assert re.fullmatch(r"### Bytes at the peak: \+2\.0 MB, \+\d+\.\d%", lines[0])
    assert lines[2].startswith("**Bytes at the peak grew from ")
    assert lines[4:6] == ["|  | change | before | after |", "| --- | ---: | ---: | ---: |"]
    assert "| `program.py:9 grows` | +2.0 MB | 1.0 MB | 3.0 MB |" in lines
    assert all(line.count("|") == 5 for line in lines if line.startswith("|"))
    same = call(folder, "diff", "--format", "markdown", "after.alloclens", "after.alloclens").stdout
    assert "Lines, own bytes: no change." in same
    assert "**" not in same
    as_json = call(folder, "diff", "--format", "json", "before.alloclens", "after.alloclens").stdout
    assert as_json == call(folder, "diff", "--json", "before.alloclens", "after.alloclens").stdout


def test_a_comparison_can_be_of_a_part(folder: Path) -> None:
    captures = ("before.alloclens", "after.alloclens")
    of_program = json.loads(call(folder, "diff", "--json", "--include", "*program.py", *captures).stdout)
    without = json.loads(call(folder, "diff", "--json", "--exclude", "*program.py", *captures).stdout)
    whole = json.loads(call(folder, "diff", "--json", *captures).stdout)
    for side in ("before", "after"):
        assert of_program[side]["total_bytes"] + without[side]["total_bytes"] == whole[side]["total_bytes"]


def test_a_comparison_can_be_looked_at_in_a_browser(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = call(folder, "diff", "--html", page, "before.alloclens", "after.alloclens")
    assert result.returncode == 0, result.stderr
    [packed] = re.findall(r"<script type=application/json id=data>([^<]+)</script>", page.read_text())
    data = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert data["title"] == "before.alloclens → after.alloclens"
    nodes = data["diff"]["peak"]["down"]["nodes"]
    [grown] = [node for node in nodes if node["name"] == "grows"]
    assert grown["bytes"] - grown["base_bytes"] == 2_000_000
    assert nodes[grown["parent"]]["name"] == "<module>"


def test_a_limit_that_is_none_is_refused(folder: Path) -> None:
    result = call(folder, "diff", "--fail-on-increase", "much", "before.alloclens", "after.alloclens")
    assert result.returncode == 2
    assert "write a share as in 5% or a size as in 10MB" in result.stderr
    # For pytest a number alone is a share, and for a size one would write a unit: here it is neither.
    result = call(folder, "diff", "--fail-on-increase", "7", "before.alloclens", "after.alloclens")
    assert result.returncode == 2
    assert "write a share as in 7% or a size as in 7MB" in result.stderr


@pytest.mark.parametrize("form", ["html", "speedscope", "pprof", "collapsed", "csv", "json", "ndjson", "parquet"])
def test_every_format_is_written_and_never_over_another_file(folder: Path, tmp_path: Path, form: str) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    capture = folder / "after.alloclens"
    result = call(tmp_path, "export", "--format", form, capture)
    assert result.returncode == 0, result.stderr
    [file] = tmp_path.iterdir()
    assert file.name.startswith("after.")
    assert f"Wrote {file.name}, " in result.stderr
    assert file.stat().st_mode & 0o777 == 0o600  # as the capture's
    content = file.read_bytes()
    if form == "pprof":
        content = gzip.decompress(content)
    if form in ("json", "speedscope"):
        json.loads(content)
    if form not in ("html", "parquet"):
        assert b"grows" in content
    again = call(tmp_path, "export", "--format", form, capture)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert call(tmp_path, "export", "-f", "--format", form, capture).returncode == 0


@pytest.mark.parametrize(
    "command", [["export", "--format", "csv"], ["flamegraph"], ["convert"], ["inspect", "--repair"]]
)
def test_standard_output_keeps_what_was_written_before(folder: Path, tmp_path: Path, command: list[str]) -> None:
    words: list[str | Path] = [sys.executable, LAUNCHER, *command, "-o", "-", folder / "after.alloclens"]
    page = tmp_path / "page"
    page.write_text("before\n")
    with page.open("ab") as output:
        done = subprocess.run(words, env=environment(), stdout=output, stderr=subprocess.PIPE, timeout=60, check=False)
        output.write(b"after\n")
    assert (done.returncode, done.stderr) == (0, b"")
    content = page.read_bytes()
    assert content.startswith(b"before\n")
    assert content.endswith(b"after\n")
    alone = subprocess.run(words, env=environment(), capture_output=True, timeout=60, check=True).stdout
    assert len(content) == len(b"before\nafter\n") + len(alone)


@pytest.mark.parametrize(
    "command", [["export", "--format", "csv"], ["flamegraph"], ["convert"], ["inspect", "--repair"]]
)
def test_the_capture_that_is_read_is_never_overwritten(folder: Path, command: list[str]) -> None:
    content = (folder / "after.alloclens").read_bytes()
    result = call(folder, *command, "-f", "-o", "after.alloclens", "after.alloclens")
    assert result.returncode == 2
    assert "after.alloclens is the capture that is read. Name another file to write." in result.stderr
    compared = call(folder, "diff", "-f", "--html", "after.alloclens", "before.alloclens", "after.alloclens")
    assert (compared.returncode, compared.stdout) == (2, "")
    assert (folder / "after.alloclens").read_bytes() == content


def test_a_choice_of_nothing_does_not_pass_for_no_growth(folder: Path) -> None:
    words = ["diff", "--fail-on-increase", "5%", "--include", "*programm.py", "before.alloclens", "after.alloclens"]
    result = call(folder, *words)
    assert (result.returncode, result.stdout) == (2, "")
    assert "Neither capture has anything of this choice" in result.stderr
    assert (
        "There is no allocator mallocc. There are malloc, calloc"
        in call(folder, *words, "--allocator", "mallocc").stderr
    )


def test_collapsed_stacks_go_to_standard_output_and_add_up(folder: Path) -> None:
    lines = call(folder, "export", "--format", "collapsed", "-o", "-", "after.alloclens").stdout.splitlines()
    peak = json.loads(call(folder, "summary", "--json", "after.alloclens").stdout)["peak_bytes"]
    assert sum(int(line.rpartition(" ")[2]) for line in lines) == peak


def test_a_whole_capture_is_told_to_be(folder: Path) -> None:
    result = call(folder, "inspect", "after.alloclens")
    assert result.returncode == 0
    assert re.search(r"^Health +whole$", result.stdout, re.MULTILINE)
    assert json.loads(call(folder, "inspect", "--json", "after.alloclens").stdout)["health"] == "whole"


@pytest.mark.parametrize(("name", "health"), [("damaged", "damaged"), ("cut_short", "cut_short")])
def test_what_is_broken_is_told_and_can_be_repaired(tmp_path: Path, name: str, health: str) -> None:
    broken = CAPTURES / f"{name}.alloclens"
    result = call(tmp_path, "inspect", "--json", broken)
    assert json.loads(result.stdout)["health"] == health
    assert result.returncode == (1 if health == "damaged" else 0)
    repaired = call(tmp_path, "inspect", "--repair", "-o", "repaired.alloclens", broken)
    assert repaired.returncode == 0, repaired.stderr
    told = json.loads(call(tmp_path, "inspect", "--json", "repaired.alloclens").stdout)
    assert told["damage"] == []
    assert told["end"]
    # What could not be read is missing still, and that stays told.
    assert (told["health"] == "whole") == (health == "cut_short")
    assert call(tmp_path, "stats", "repaired.alloclens").stdout


def test_a_capture_is_converted_to_an_aggregate_with_the_same_figures(folder: Path, tmp_path: Path) -> None:
    result = call(tmp_path, "convert", folder / "after.alloclens")
    assert result.returncode == 0, result.stderr
    assert re.fullmatch(
        r"alloclens: Wrote after\.aggregate\.alloclens: \S+\s\S+ instead of \S+\s\S+, for \S+ events\.\n", result.stderr
    )
    made = tmp_path / "after.aggregate.alloclens"
    for report in (["summary"], ["lines"], ["table"], ["tree"], ["timeline"], ["annotate", "program.py"]):
        words = [report[0], "--static"] if report[0] in ("table", "tree") else [report[0]]
        told = call(tmp_path, *words, made, *report[1:])
        assert told.returncode == 0, told.stderr
        assert told.stdout == call(folder, *words, folder / "after.alloclens", *report[1:]).stdout
    stats = json.loads(call(tmp_path, "stats", "--json", made).stdout)
    assert stats["sizes"] == []
    assert "Sizes of allocations" not in call(tmp_path, "stats", made).stdout
    assert call(tmp_path, "flamegraph", made).returncode == 0
    part = call(tmp_path, "table", "--from", "0.01", made)
    assert part.returncode == 1
    assert "no events" in part.stderr
    assert "is an aggregate already" in call(tmp_path, "convert", made).stderr
    assert "is there already" in call(tmp_path, "convert", folder / "after.alloclens").stderr


def test_a_damaged_capture_is_not_converted(tmp_path: Path) -> None:
    result = call(tmp_path, "convert", CAPTURES / "damaged.alloclens")
    assert result.returncode == 1
    assert "is damaged" in result.stderr
    assert list(tmp_path.iterdir()) == []
