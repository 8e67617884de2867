"""`alloclens.Capture`: what docs/python-api.md promises."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from running import LAUNCHER, PACKAGE_FOLDER, ROOT, environment

sys.path.append(str(PACKAGE_FOLDER))
import alloclens

DOCUMENT = ROOT / "docs" / "python-api.md"
PROGRAM = """\
import json, threading

kept = [json.loads('{"values": [1, 2, 3, "text %d"]}' % i) for i in range(1_000)]
kept.append(bytearray(2_000_000))


def work():
    kept.append(bytearray(1_000_000))


worker = threading.Thread(target=work, name="worker")
worker.start()
worker.join()
"""
MEASURES = ["peak", "unfreed", "total", "temporary"]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    (folder / "program.py").write_text(PROGRAM)
    words: list[str | Path] = [sys.executable, LAUNCHER, "run", "-qo", "run.alloclens", "program.py"]
    subprocess.run(words, cwd=folder, env=environment(), check=True)
    return folder / "run.alloclens"


@pytest.fixture(scope="module")
def capture(path: Path) -> alloclens.Capture:
    return alloclens.Capture(path)


def test_the_documented_report_runs_and_has_fifteen_lines_at_most(path: Path) -> None:
    [code] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert len(code.splitlines()) <= 15
    result = subprocess.run(
        [sys.executable, "-c", code, path],
        env=environment(PYTHONPATH=str(PACKAGE_FOLDER)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"^ +[34],\d{3},\d{3}  \S+program\.py$", result.stdout, re.MULTILINE), result.stdout


@pytest.mark.parametrize("query", [{"query": "stats"}, {"query": "moments", "max_parts": 64}, {"query": "sizes"}])
def test_a_capture_that_is_read_for_a_question_answers_as_any_other(
    capture: alloclens.Capture, path: Path, query: dict[str, object]
) -> None:
    read_for_it = alloclens.Capture(path, question=query)
    stats = {"measure": "peak", "limit": 10}
    assert read_for_it.query("stats", **stats) == capture.query("stats", **stats)
    assert read_for_it.query("sizes") == capture.query("sizes")
    moments = {"max_nodes": 100_000, "max_parts": 64}
    assert read_for_it.query("moments", **moments) == capture.query("moments", **moments)
    assert list(read_for_it.records("total")) == list(capture.records("total"))


@pytest.mark.parametrize("measure", MEASURES)
def test_records_add_up_to_the_summary(capture: alloclens.Capture, measure: str) -> None:
    records = list(capture.records(measure))
    assert sum(record.bytes for record in records) == capture.summary[f"{measure}_bytes"]
    assert sum(record.allocations for record in records) == capture.summary[f"{measure}_allocations"]
    assert [record.bytes for record in records] == sorted((record.bytes for record in records), reverse=True)


def test_a_record_tells_its_stack_from_the_innermost_frame_on(capture: alloclens.Capture, path: Path) -> None:
    program = str(path.parent / "program.py")
    largest, second = list(capture.records("unfreed"))[:2]
    assert largest.stack == (alloclens.Frame("<module>", program, 4, "yours"),)
    assert second.stack[0] == alloclens.Frame("work", program, 8, "yours")
    assert [frame.function.rpartition(".")[2] for frame in second.stack[1:3]] == ["run", "_bootstrap_inner"]


def test_a_mixed_stack_is_taken_apart() -> None:
    inner = alloclens.Frame("malloc", "/lib/libc.so.6", None, "native")
    middle = alloclens.Frame("load", "/app/main.py", 3, "yours")
    outer = alloclens.Frame("main", "/usr/bin/python", None, "native")
    record = alloclens.Record(10, 1, "main", "malloc", (inner, middle, outer))
    assert record.python_stack == (middle,)
    assert record.native_stack == (inner, outer)


def test_a_scope_narrows_what_is_told(capture: alloclens.Capture) -> None:
    [main, worker] = [row["id"] for row in capture.query("threads")["threads"] if row["total_bytes"]]
    records = list(capture.records("total", threads=[worker]))
    assert 1_000_000 < sum(record.bytes for record in records) < 1_200_000
    assert (
        sum(record.bytes for record in capture.records("peak", threads=[main, worker])) == capture.summary["peak_bytes"]
    )
    [line] = [row for row in capture.lines(threads=[worker]) if row["function"] == "work"]
    assert 1_000_000 < line["peak_bytes"] < 1_100_000
    assert "work" in {row["function"] for row in capture.functions("total", limit=9, threads=[worker])}


def test_snapshots_tell_heap_and_rss_over_time(capture: alloclens.Capture) -> None:
    snapshots = list(capture.snapshots(points=100))
    assert [snapshot.time for snapshot in snapshots] == sorted(snapshot.time for snapshot in snapshots)
    assert max(snapshot.heap for snapshot in snapshots) == capture.summary["peak_bytes"]
    assert snapshots[-1].rss is None or snapshots[-1].rss > 3_000_000
    assert max(snapshot.arenas or 0 for snapshot in snapshots) == capture.summary["arenas"]["peak_bytes"]


def test_the_source_that_ran_is_there(capture: alloclens.Capture, path: Path) -> None:
    assert capture.source(str(path.parent / "program.py")) == PROGRAM
    assert capture.source("/nothing") is None


def test_records_make_an_arrow_table_and_a_parquet_file(capture: alloclens.Capture, path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = capture.arrow("peak")
    assert sum(table["bytes"].to_pylist()) == capture.summary["peak_bytes"]
    assert table["stack"][0].as_py()[0]["function"] == "<module>"
    words: list[str | Path] = [sys.executable, LAUNCHER, "export", "--format", "parquet", "-o", "records.parquet", path]
    subprocess.run(words, cwd=path.parent, env=environment(), capture_output=True, check=True)
    assert parquet.read_table(path.parent / "records.parquet").to_pylist() == table.to_pylist()


def test_a_growing_capture_is_read_on(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    growing = tmp_path / "growing.alloclens"
    growing.write_bytes(whole[: len(whole) // 2])
    capture = alloclens.Capture(growing)
    before = capture.summary["events"]
    assert not capture.update()
    growing.write_bytes(whole)
    assert capture.update()
    assert capture.summary["events"] > before


def test_what_is_no_capture_is_told_with_its_code(tmp_path: Path) -> None:
    with pytest.raises(alloclens.CaptureError, match="There is no capture at") as refused:
        alloclens.Capture(tmp_path / "nothing")
    assert refused.value.code == "not_found"


def test_progress_is_told_and_may_end_the_reading(path: Path) -> None:
    class EnoughError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        assert 0 <= done <= total
        raise EnoughError

    large = path.parent / "large.alloclens"
    code = "for i in range(6_000_000): [i]"
    words: list[str | Path] = [sys.executable, LAUNCHER, "run", "-qo", large, "-c", code]
    subprocess.run(words, cwd=path.parent, env=environment(), check=True)
    with pytest.raises(EnoughError):
        alloclens.Capture(large, progress=stop)
    assert alloclens.Capture(large).summary["events"] > 1_000_000


def test_importing_the_package_imports_no_reader() -> None:
    code = "import sys, alloclens; print('alloclens.capture' in sys.modules, 'argparse' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(PYTHONPATH=str(PACKAGE_FOLDER)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "False False\n"


def test_a_part_that_is_none_is_refused_instead_of_answering_for_the_whole(path: Path) -> None:
    capture = alloclens.Capture(path)
    for ask in (capture.lines, capture.functions, capture.snapshots, capture.records):
        with pytest.raises(alloclens.CaptureError, match=r'a scope has no "thread"\. It has from_s, to_s, threads'):
            list(ask(thread=["worker"]))


FORKS_WHILE_READING = """
import os, signal, sys, threading
from alloclens import Capture
Capture(sys.argv[1]).summary
ended = threading.Event()
def read():
    while not ended.is_set(): Capture(sys.argv[1]).summary
readers = [threading.Thread(target=read) for _ in range(2)]
for reader in readers: reader.start()
failed = 0
for _ in range(30):
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        Capture(sys.argv[1]).summary
        os._exit(0)
    failed += os.waitpid(child, 0)[1] != 0
    if failed: break
ended.set()
for reader in readers: reader.join()
print(failed)
"""


def test_a_child_that_is_forked_while_another_thread_reads_a_capture_reads_it_too(path: Path) -> None:
    words: list[str | Path] = [sys.executable, "-Wignore", "-c", FORKS_WHILE_READING, path]
    answer = subprocess.run(
        words, env=environment(PYTHONPATH=str(PACKAGE_FOLDER)), capture_output=True, text=True, timeout=60, check=False
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "0\n", "")
