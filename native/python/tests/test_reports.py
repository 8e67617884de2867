"""What the reports show of golden captures, to the letter; and that they all tell the same numbers of real ones."""

import base64
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from golden import GOLDEN, expect_golden, in_lines
from interpreters import Interpreter
from running import LAUNCHER, PACKAGE_FOLDER, ROOT, environment, run
from terminal import Terminal

sys.path.append(str(PACKAGE_FOLDER))
import alloclens
from alloclens.reports import progress
from alloclens.units import bytes_text

CAPTURES = ROOT / "test-fixtures" / "captures"
WORDS: list[str | Path] = [sys.executable, LAUNCHER]

PROGRAM = """\
import json, threading

kept = [json.loads('{"values": [1, 2, 3, "text %d"]}' % i) for i in range(2_000)]


def again(depth):
    return again(depth - 1) if depth else bytearray(3_000_000)


def work():
    for _ in range(50):
        bytes(100_000)
    kept.append(bytearray(1_000_000))


worker = threading.Thread(target=work, name="worker")
worker.start()
worker.join()
kept.append(again(30))
"""


def printed(*words: str | Path, status: int = 0, cwd: Path = ROOT, **changes: str) -> str:
    result = run([*WORDS, *words], cwd, env=environment(TZ="UTC", COLUMNS="100", **changes))
    assert result.returncode == status, result.stderr.decode()
    return result.stdout.decode()


def answered(*words: str | Path) -> Any:
    return json.loads(printed(*words))


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    (folder / "program.py").write_text(PROGRAM)
    subprocess.run([*WORDS, "run", "-qo", "run.alloclens", "program.py"], cwd=folder, env=environment(), check=True)
    return folder / "run.alloclens"


GOLDEN_REPORTS: dict[str, list[str | Path]] = {
    "summary": ["summary"],
    "stats": ["stats"],
    "stats-unfreed": ["stats", "--leaks", "-n", "2"],
    "stats.json": ["stats", "--json"],
    "lines": ["lines"],
    "table": ["table"],
    "table-threads": ["table", "--split-threads", "--total"],
    "tree": ["tree"],
    "tree-inverted": ["tree", "--inverted", "--total"],
    "timeline": ["timeline"],
    "timeline.csv": ["timeline", "--csv", "--points", "20"],
}
OF_BUSY: dict[str, list[str | Path]] = {
    **GOLDEN_REPORTS,
    "summary.json": ["summary", "--json"],
    "summary-worker": ["summary", "--thread", "worker"],
    "stats-temporary.json": ["stats", "--json", "--temporary-allocations"],
    "lines.json": ["lines", "--json"],
    "table-range": ["table", "--leaks", "--from", "0.5", "--to", "1.5"],
    "table-temporary": ["table", "--temporary-allocation-threshold", "5"],
    "tree-yours": ["tree", "--hide-imports", "--hide-uninteresting", "--exclude", "arrays*"],
    "tree-threads": ["tree", "--split-threads"],
    "timeline.json": ["timeline", "--json", "--points", "10"],
    "inspect": ["inspect"],
    "inspect.json": ["inspect", "--json"],
    "annotate": ["annotate", "--attribution", "with_callees"],
    "export.collapsed": ["export", "--format", "collapsed", "-o", "-"],
    "export.csv": ["export", "--format", "csv", "-o", "-"],
    "export.json": ["export", "--format", "json", "-o", "-"],
    "export.ndjson": ["export", "--format", "ndjson", "-o", "-"],
    "export.speedscope": ["export", "--format", "speedscope", "-o", "-"],
    "diff": ["diff", CAPTURES / "small.alloclens"],
    "diff.json": ["diff", "--json", CAPTURES / "small.alloclens"],
    "diff.md": ["diff", "--format", "markdown", "--leaks", CAPTURES / "busier.alloclens"],
}
OF_BROKEN: dict[str, list[str | Path]] = {
    "summary": ["summary"],
    "summary.json": ["summary", "--json"],
    "stats": ["stats"],
    "inspect": ["inspect"],
    "inspect.json": ["inspect", "--json"],
}
GOLDEN_PAIRS = [
    *(("small", name, words) for name, words in GOLDEN_REPORTS.items()),
    *(("busy", name, words) for name, words in OF_BUSY.items()),
    *((capture, name, words) for capture in ("damaged", "cut_short") for name, words in OF_BROKEN.items()),
]


def _id(value: object) -> str:
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize(("capture", "name", "words"), GOLDEN_PAIRS, ids=_id)
def test_a_golden_capture_has_its_golden_report(capture: str, name: str, words: list[str | Path]) -> None:
    more = ["main.py"] if name == "annotate" else []
    command = [*WORDS, *words, CAPTURES / f"{capture}.alloclens", *more]
    result = run(command, ROOT, env=environment(TZ="UTC", COLUMNS="100"))
    assert result.returncode == (1 if capture == "damaged" else 0), result.stderr.decode()
    told = result.stdout + (b"" if name.startswith("inspect") else result.stderr)  # notes stand beside the report
    expect_golden(f"{capture}/{name}", told)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("flamegraph", ["flamegraph"]),
        (
            "flamegraph-worker",
            ["flamegraph", "--leaks", "--inverted", "--thread", "worker", "--from", "0.5", "--to", "1"],
        ),
        ("flamegraph-diff", ["diff", CAPTURES / "small.alloclens"]),
    ],
    ids=_id,
)
def test_a_golden_page_holds_its_golden_data(name: str, words: list[str | Path], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    option = "--html" if words[0] == "diff" else "-o"
    printed(*words, CAPTURES / "busy.alloclens", option, page)
    data = data_of(page)
    data["path"] = os.path.relpath(data["path"], ROOT)
    expect_golden(f"busy/{name}.json", in_lines(data).encode())


def test_the_peak_is_one_number_in_all_reports(capture: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    printed("flamegraph", "-o", page, capture)
    data = data_of(page)
    told = {
        "summary": answered("summary", "--json", capture)["peak_bytes"],
        "stats": answered("stats", "--json", capture)["peak_bytes"],
        "timeline": answered("timeline", "--json", capture)["peak"]["bytes"],
        "lines": sum(row["peak_bytes"] for row in answered("lines", "--json", capture)["rows"]),
        "page": max(data["moments"]["peaks"]),
        "page's tree": peak_of(data["moments"]),
    }
    assert len(set(told.values())) == 1, told
    words = re.search(r"Peak heap +(\S+\s\S+) in", printed("stats", capture))
    assert words
    assert printed("table", capture).startswith(f"{words[1]} at the peak\n")
    assert printed("tree", capture).startswith(f"{words[1]} at the peak\n")


def peak_of(moments: dict[str, Any], first: int = 0, end: int | None = None) -> int:
    highest = max(range(len(moments["peaks"]))[first:end], key=lambda part: (moments["peaks"][part], part))
    changes = zip(moments["peak"]["part"], moments["peak"]["bytes"])
    return sum(size for part, size in changes if part <= highest)


def total_of(moments: dict[str, Any], measure: str, first: int, end: int) -> int:
    changes = zip(moments[measure]["part"], moments[measure]["bytes"])
    return sum(size for part, size in changes if first <= part < end)


def unfreed_of(moments: dict[str, Any], first: int, end: int) -> int:
    live = moments["live"]
    changes = zip(live["made"], live["part"], live["bytes"])
    return sum(size for made, part, size in changes if first <= made < end and part < end)


@pytest.mark.parametrize("parts", [1, 7, 64])
def test_any_range_of_the_page_is_what_core_tells_of_it(capture: Path, parts: int) -> None:
    opened = alloclens.Capture(capture)
    moments = opened.query("moments", max_nodes=100, max_parts=parts)
    times = moments["times"]
    assert len(times) == parts + 1
    for first in range(0, parts, 9):
        for end in range(first + 1, parts + 1, 9):
            told = opened.query("summary", scope={"from_s": times[first], "to_s": times[end]})
            assert peak_of(moments, first, end) == told["peak_bytes"]
            assert total_of(moments, "total", first, end) == told["total_bytes"]
            assert unfreed_of(moments, first, end) == told["unfreed_bytes"]
            # The page also knows of blocks that were freed after the range.
            assert total_of(moments, "temporary", first, end) >= told["temporary_bytes"]


def data_of(page: Path) -> Any:
    found = re.search(r"<script type=application/json id=data>([^<]+)</script>", page.read_text())
    assert found
    return json.loads(gzip.decompress(base64.b64decode(found[1])))


@pytest.mark.parametrize("measure", ["--peak", "--leaks", "--total", "--temporary-allocations"])
def test_threads_add_up_to_the_whole(capture: Path, measure: str) -> None:
    name = {"--leaks": "unfreed", "--temporary-allocations": "temporary"}.get(measure, measure[2:])
    whole = answered("stats", "--json", measure, capture)
    assert sum(row[f"{name}_bytes"] for row in whole["threads"]) == whole[f"{name}_bytes"]
    assert sum(row[f"{name}_bytes"] for row in whole["allocators"]) == whole[f"{name}_bytes"]
    for row in whole["threads"]:
        alone = answered("stats", "--json", measure, "--thread", str(row["kernel_id"]), capture)
        assert alone[f"{name}_bytes"] == row[f"{name}_bytes"]


@pytest.mark.parametrize("report", [["stats"], ["lines"], ["table"], ["tree"], ["annotate"], ["flamegraph", "-o", "-"]])
def test_every_report_can_be_of_a_part(capture: Path, report: list[str]) -> None:
    part = ["--from", "0", "--to", "100", "--allocator", "malloc", "--include", "*program.py", "--exclude", "json"]
    more = ["program.py"] if report[0] == "annotate" else []
    assert printed(*report, *part, capture, *more) != printed(*report, capture, *more)


def test_temporary_allocations_are_found_under_either_name(capture: Path) -> None:
    text = printed("table", "--temporary-allocations", capture)
    assert "temporary" in text.splitlines()[0]
    assert printed("table", "--show-temporary-allocations", capture) == text
    assert "temporary" in printed("table", "--temporary-allocation-threshold", "3", capture).splitlines()[0]


def test_the_main_thread_goes_by_pythons_name(capture: Path) -> None:
    of = {name: answered("stats", "--json", "--thread", name, capture) for name in ("MainThread", "worker")}
    whole = answered("stats", "--json", capture)
    assert sum(part["total_bytes"] for part in of.values()) == whole["total_bytes"]
    assert [row["name"] for row in of["MainThread"]["threads"]] == ["MainThread"]
    for report in ("table", "tree"):
        assert "MainThread" in printed(report, "--split-threads", capture)


def test_a_thread_that_is_not_there_is_told_with_those_that_are(capture: Path) -> None:
    result = run([*WORDS, "table", "--thread", "nobody", capture], ROOT)
    assert result.returncode == 2
    assert b"There is no thread nobody in this capture. It has " in result.stderr
    assert re.search(rb"It has \S+ \(\d+\), \S+ \(\d+\)\.\n$", result.stderr)


def test_each_of_several_threads_must_be_there(capture: Path) -> None:
    name = str(answered("stats", "--json", capture)["threads"][0]["kernel_id"])
    result = run([*WORDS, "table", "--thread", name, "--thread", "nobody", capture], ROOT)
    assert result.returncode == 2
    assert b"There is no thread nobody in this capture." in result.stderr


def test_the_total_of_an_annotated_file_is_that_of_the_part(capture: Path) -> None:
    part = ["--temporary-allocation-threshold", "5"]
    total = printed("table", *part, capture).splitlines()[0].split(" temporary")[0]
    assert f", of {total}" in printed("annotate", *part, capture, "program.py").splitlines()[0]


@pytest.mark.parametrize(
    "words",
    [["--leaks", "--temporary-allocation-threshold", "3"], ["--from", "2", "--to", "1"]],
    ids=["measure", "time"],
)
def test_options_that_contradict_each_other_are_refused(capture: Path, words: list[str]) -> None:
    assert run([*WORDS, "table", *words, capture], ROOT).returncode == 2


REGIONS = """
from alloclens import Tracker, region
kept = []
with Tracker("parts.alloclens"):
    with region("index"):
        kept.append(bytes(1_000_000))
        with region("words"): kept.append(bytes(20_000))
    with region("answer"): kept.append(bytes(3_000))
"""


def test_reports_are_of_the_regions_that_are_named(tmp_path: Path) -> None:
    env = environment(PYTHONPATH=str(PACKAGE_FOLDER))
    assert run([sys.executable, "-c", REGIONS], tmp_path, env=env).returncode == 0
    parts = tmp_path / "parts.alloclens"

    def inside(*names: str) -> int:
        words = [word for name in names for word in ("--region", name)]
        total: int = answered("stats", "--json", *words, parts)["unfreed_bytes"]
        return total

    assert inside("index") > inside("words") + 1_000_000 > inside("answer") + 1_000_000
    assert inside("words", "answer") == inside("words") + inside("answer")
    assert inside() >= inside("index", "answer")
    assert printed("diff", "--region", "answer", parts, parts) != printed("diff", parts, parts)
    other = tmp_path / "other.alloclens"
    only = REGIONS.replace("parts.alloclens", other.name).replace('"answer"', '"other"')
    assert run([sys.executable, "-c", only], tmp_path, env=env).returncode == 0
    for region, side in (("answer", "BEFORE"), ("other", "AFTER")):
        compared = run([*WORDS, "diff", "--json", "--region", region, parts, other], ROOT)
        assert compared.stderr.decode().startswith(f"alloclens: The region {region} is in {side} alone")
        totals = json.loads(compared.stdout)
        assert totals[side.lower()]["total_bytes"] > 3000
        assert totals["after" if side == "BEFORE" else "before"]["total_bytes"] == 0
    neither = run([*WORDS, "diff", "--region", "idnex", parts, other], ROOT)
    assert neither.returncode == 2
    assert b"no region idnex in either capture. They have index, words, other, answer." in neither.stderr
    heap = answered("timeline", "--json", "--region", "answer", parts)
    most = answered("stats", "--json", "--region", "answer", parts)["total_bytes"]
    assert inside("answer") <= max(heap["heap"]) == heap["peak"]["bytes"] <= most
    assert len(heap["rss"]) == len(heap["heap"])
    assert "At the peak  " in printed("stats", "--region", "index", parts)
    listed = printed("stats", parts).split("Regions, with those nested in them\n")[1].splitlines()
    assert [line.split()[-3:] for line in listed[2:3]] == [["index", "/", "words"]]
    refused = run([*WORDS, "table", "--region", "idnex", parts], ROOT)
    assert refused.returncode == 2
    assert refused.stderr == (b"alloclens: There is no region idnex in this capture. It has index, words, answer.\n")


def test_tables_are_sorted_filtered_and_cut_into_pages(capture: Path) -> None:
    def column(*words: str) -> list[str]:
        lines = printed("table", *words, capture).splitlines()[3:]
        return [line.split()[-2] for line in lines if "/" in line]

    assert column()[0] == "again"
    assert column("--sort", "function") == sorted(column("--sort", "function"))
    assert set(column("--filter", "AGAIN")) == {"again"}
    first, second = column("--rows", "3"), column("--rows", "3", "--page", "2")
    assert first + second == column("--rows", "6")
    assert "Page 1 of " in printed("table", "--rows", "3", capture)


def test_annotate_shows_the_recorded_source_with_the_bytes_of_its_lines(capture: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere.alloclens"
    moved.write_bytes(capture.read_bytes())
    text = printed("annotate", moved, "program.py")
    assert re.search(r"3\.0\sMB +\d+\s% +\d+ +█+\S* +7  +return again\(depth - 1\)", text), text
    refused = run([*WORDS, "annotate", moved, "nothing.py"], ROOT)
    assert refused.returncode == 2
    assert b"No code of 'nothing.py' asked for memory" in refused.stderr


def test_annotate_and_lines_tell_the_same_of_each_line(capture: Path) -> None:
    rows = answered("lines", "--json", capture)["rows"]
    for attribution in ("own", "yours"):
        sums: dict[int, int] = {}
        for row in rows:
            if (row["file"] or "").endswith("/program.py"):
                size = row["peak_bytes"] if attribution == "own" else row["yours"]["peak_bytes"]
                sums[row["line"]] = sums.get(row["line"], 0) + size
        text = printed("annotate", "--all", "--attribution", attribution, capture, "program.py").replace("\u00a0", " ")
        told = {int(line): size for size, line in re.findall(r"^ *([\d.]+ k?M?B) .{24} *(\d+)  ", text, re.MULTILINE)}
        wanted = {line: bytes_text(size).replace("\u00a0", " ") for line, size in sums.items() if size}
        assert len(wanted) >= 3
        assert told == wanted


@pytest.mark.parametrize("report", ["summary", "stats", "table", "tree", "timeline"])
def test_what_goes_into_a_pipe_is_plain_text(capture: Path, report: str) -> None:
    assert "\033" not in printed(report, capture, TERM="xterm-256color", FORCE_COLOR="1")


def test_a_bar_is_shown_when_reading_takes_over_half_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    bar = progress.Bar()
    bar.wanted = True  # as on a terminal
    bar(1, 10)
    assert capsys.readouterr().err == ""
    bar.started -= progress.PATIENCE
    bar(5_000_000, 10_000_000)
    assert "━" * 15 + " " * 15 + " 50\u00a0%" in capsys.readouterr().err
    bar.end()
    bar.end()
    assert capsys.readouterr().err == "\r\033[K"


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colour_is_for_those_who_want_it(capture: Path, variables: dict[str, str], coloured: bool) -> None:
    words: list[str | Path] = [*WORDS, "table", "--static", capture]
    with Terminal(words, ROOT, environment(**{"TERM": "xterm-256color", **variables}), keep_escapes=True) as terminal:
        assert terminal.end() == 0
    assert ("\033[1m" in terminal.text) == coloured


def test_a_tree_on_a_terminal_changes_by_keys(capture: Path) -> None:
    with Terminal([*WORDS, "tree", capture], ROOT) as terminal:
        terminal.wait_for(r"MB at the peak")
        terminal.press("v")
        terminal.wait_for("callers below")
        terminal.press("m")
        terminal.wait_for("MB unfreed")
        terminal.press("q")
        assert terminal.end() == 0


#: The tree on a terminal, whose answers come when there is a file.
SLOW_TREE = """
import os, sys, time
sys.path.append(sys.argv[1])
from alloclens.reports import tree as report
from alloclens.screens import tree as screen
def ask(*words):
    while not os.path.exists(sys.argv[3]):
        time.sleep(0.01)
    return report.ask(*words)
screen.ask = ask
report.main([sys.argv[2]])
"""


def test_a_tree_that_takes_long_says_so_until_it_is_there(capture: Path, tmp_path: Path) -> None:
    words: list[str | Path] = [sys.executable, "-c", SLOW_TREE, PACKAGE_FOLDER, capture, tmp_path / "go"]
    with Terminal(words, ROOT) as terminal:
        terminal.wait_for("Adding up…")
        (tmp_path / "go").touch()
        terminal.wait_for("MB at the peak")
        terminal.press("q")
        assert terminal.end() == 0


def test_static_trees_have_no_line_for_each_of_many_small_frames(capture: Path) -> None:
    shares = re.findall(r"(\S+)\s% (?!All memory|[\d.k]+ smaller)", printed("tree", "--static", capture))
    assert shares
    assert all(float(share.replace("<", "")) >= 0.5 for share in shares), shares
    assert len(printed("tree", "-b", "500", capture)) > 2 * len(printed("tree", capture))


def test_a_deep_recursion_is_shown(tmp_path: Path) -> None:
    (tmp_path / "deep.py").write_text(
        "import sys\nsys.setrecursionlimit(20_000)\n"
        "def down(n):\n    return down(n - 1) if n else bytearray(1_000_000)\nkept = down(8_000)\n"
    )
    printed("run", "-qo", "deep.alloclens", "deep.py", cwd=tmp_path)
    text = printed("tree", "-b", "20000", "deep.alloclens", cwd=tmp_path)
    assert "deeper calls" in text
    assert len(text.splitlines()) < 200
    printed("flamegraph", "-o", "deep.html", "deep.alloclens", cwd=tmp_path)


def test_the_page_is_one_small_file_that_can_ask_nobody(capture: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    printed("flamegraph", "-o", page, capture)
    text = page.read_text()
    assert len(text) <= 5_000_000
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', text)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    script = re.search(r"<script>(.+)</script>", text, re.DOTALL)
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert not re.search(r"""(?:src|href)\s*=\s*["']?https?:""", text)


def test_nothing_is_overwritten_without_force(capture: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("mine")
    assert run([*WORDS, "flamegraph", "-o", page, capture], ROOT).returncode == 2
    assert page.read_text() == "mine"
    printed("flamegraph", "-f", "-o", page, capture)
    assert page.read_text() != "mine"


def test_names_in_a_capture_never_become_markup(tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>&'\".py"
    (tmp_path / name).write_text("kept = bytearray(1_000_000)\n")
    printed("run", "-qo", "<b>.alloclens", name, cwd=tmp_path)
    printed("flamegraph", "-o", "page.html", "<b>.alloclens", cwd=tmp_path)
    text = (tmp_path / "page.html").read_text()
    assert "<img" not in text
    assert "<b>" not in text
    assert text.count("</script>") == 2


def test_reports_are_the_same_on_every_interpreter(interpreter: Interpreter, tmp_path: Path) -> None:
    capture = CAPTURES / "small.alloclens"
    for name in ("stats", "table", "tree-inverted", "timeline"):
        words: list[str | Path] = [interpreter.base, LAUNCHER, *GOLDEN_REPORTS[name], capture]
        result = run(words, tmp_path, env=environment(TZ="UTC", COLUMNS="100"))
        assert result.stdout.decode() == (GOLDEN / "small" / name).read_text(), result.stderr.decode()
    words = [interpreter.base, LAUNCHER, "flamegraph", "-o", "page.html", capture]
    assert run(words, tmp_path).returncode == 0
    assert data_of(tmp_path / "page.html")["summary"]["run_id"] == answered("summary", "--json", capture)["run_id"]
