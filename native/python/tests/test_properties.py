"""Of any program and any part of its run: parts add up to the whole, and the peak is one number."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from running import LAUNCHER, PACKAGE_FOLDER, environment

sys.path.append(str(PACKAGE_FOLDER))
import alloclens

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

MEASURES = ["peak", "unfreed", "total", "temporary"]

# Does what it is told: blocks of known sizes, made by functions of their own, on threads or not, kept or not.
PROGRAM = """\
import json, sys, threading, time

kept = {}


def first(size): return bytearray(size)


def second(size): return bytes(size)


def deep(size, depth): return deep(size, depth - 1) if depth else first(size)


def make(number, how, size, depth):
    kept[number] = {"first": first, "second": second, "deep": lambda n: deep(n, depth)}[how](size)


for number, (how, size, depth, thread, drops) in enumerate(json.loads(sys.argv[1])):
    if thread:
        worker = threading.Thread(target=make, args=(number, how, size, depth), name=thread)
        worker.start()
        worker.join()
    else:
        make(number, how, size, depth)
    if drops is not None:
        kept.pop(drops, None)
    time.sleep(0.001)
"""
LINES = {"first": 6, "deep": 6, "second": 9}
ARRAY, TEXT = sys.getsizeof(bytearray(1000)) - 1000, sys.getsizeof(bytes(1000)) - 1000
OVERHEAD = {"first": ARRAY, "deep": ARRAY, "second": TEXT}
"""Bytes that an object asks for beyond its content."""

step = st.tuples(
    st.sampled_from(["first", "second", "deep"]),
    st.integers(1_000, 3_000_000),
    st.integers(0, 40),
    st.sampled_from(["", "", "one", "two"]),
    st.none() | st.integers(0, 20),
)
programs = st.lists(step, min_size=1, max_size=20)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("runs")
    (made / "program.py").write_text(PROGRAM)
    return made


def recorded(folder: Path, steps: list[Any], *options: str) -> alloclens.Capture:
    words: list[str | Path] = [
        sys.executable,
        LAUNCHER,
        "run",
        "-qfo",
        "run.alloclens",
        *options,
        "program.py",
        json.dumps(steps),
    ]
    subprocess.run(words, cwd=folder, env=environment(), check=True)
    return alloclens.Capture(folder / "run.alloclens")


def check_sums(capture: alloclens.Capture, **scope: Any) -> None:
    """All answers about this part of the run tell the same totals."""
    whole = capture.query("summary", scope=scope)
    lines = capture.lines(**scope)
    for measure in MEASURES:
        for unit in ("bytes", "allocations"):
            name = f"{measure}_{unit}"
            told = {
                "lines": sum(row[name] for row in lines),
                "yours": sum(row["yours"][name] for row in lines),
                "records": sum(getattr(record, unit) for record in capture.records(measure, **scope)),
            }
            for split in ("threads", "allocators", "sizes"):
                told[split] = sum(row[name] for row in capture.query(split, scope=scope)[split])
            assert set(told.values()) == {whole[name]}, (name, told, whole[name])
        for inverted in (False, True):
            for nodes in (7, 1_000):
                answer = capture.query("tree", measure=measure, max_nodes=nodes, inverted=inverted, scope=scope)
                assert answer["root"]["bytes"] == whole[f"{measure}_bytes"]
                check_tree(answer["root"])
    timeline = capture.query("timeline", points=1_000, scope=scope)
    if not set(scope) - {"from_s", "to_s"}:
        assert timeline["peak"]["bytes"] == whole["peak_bytes"]
        assert max(timeline["heap"], default=0) <= whole["peak_bytes"]


def check_tree(node: dict[str, Any]) -> None:
    waiting = [node]
    while waiting:
        at = waiting.pop()
        assert at["bytes"] == at["own_bytes"] + sum(child["bytes"] for child in at["children"])
        waiting += at["children"]


@settings(max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(steps=programs, cut=st.floats(0.05, 0.95))
def test_parts_of_any_program_add_up_to_the_whole(folder: Path, steps: list[Any], cut: float) -> None:
    capture = recorded(folder, steps)
    check_sums(capture)
    at = round(capture.summary["duration_s"] * cut, 6)
    for scope in (
        {"to_s": at},
        {"from_s": at},
        {"threads": [1]},
        {"include": ["*program.py"]},
        {"allocators": ["mmap"]},
    ):
        check_sums(capture, **scope)
    parts = [capture.query("summary", scope=scope) for scope in ({"to_s": at}, {"from_s": at})]
    whole = capture.summary
    assert sum(part["total_bytes"] for part in parts) == whole["total_bytes"]
    assert max(part["peak_bytes"] for part in parts) == whole["peak_bytes"]
    apart = [capture.query("summary", scope={name: ["*program.py"]}) for name in ("include", "exclude")]
    for measure in MEASURES:
        assert sum(part[f"{measure}_bytes"] for part in apart) == whole[f"{measure}_bytes"]
    moments = capture.query("moments", max_nodes=50, max_parts=16)
    assert max(moments["peaks"]) == whole["peak_bytes"]
    assert sum(moments["total"]["bytes"]) == whole["total_bytes"]
    assert sum(moments["temporary"]["bytes"]) == whole["temporary_bytes"]


@settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(steps=programs, aggregate=st.booleans())
def test_any_program_has_the_bytes_that_it_asked_for_on_its_lines(
    folder: Path, steps: list[Any], aggregate: bool
) -> None:
    total: Counter[int] = Counter()
    live: dict[int, tuple[int, int]] = {}
    for number, (how, size, _, _, drops) in enumerate(steps):
        live[number] = (LINES[how], size + OVERHEAD[how])
        total[LINES[how]] += size + OVERHEAD[how]
        live.pop(drops, None)
    unfreed: Counter[int] = Counter()
    for line, size in live.values():
        unfreed[line] += size
    capture = recorded(folder, steps, *(["--aggregate"] if aggregate else []))
    rows = {row["line"]: row for row in capture.lines() if row["function"] in ("first", "second")}
    assert {line: row["total_bytes"] for line, row in rows.items()} == dict(total)
    assert {line: row["unfreed_bytes"] for line, row in rows.items() if row["unfreed_bytes"]} == dict(unfreed)


@settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(steps=programs)
def test_a_converted_capture_of_any_program_tells_the_same(folder: Path, steps: list[Any]) -> None:
    capture = recorded(folder, steps)
    subprocess.run(
        [sys.executable, LAUNCHER, "convert", "-fo", "sums.alloclens", "run.alloclens"],
        cwd=folder,
        env=environment(),
        check=True,
        capture_output=True,
    )
    converted = alloclens.Capture(folder / "sums.alloclens")
    assert {**converted.summary, "aggregate": False} == capture.summary
    assert converted.lines() == capture.lines()
    assert converted.functions() == capture.functions()
    for measure in MEASURES:
        assert list(converted.records(measure)) == list(capture.records(measure))
