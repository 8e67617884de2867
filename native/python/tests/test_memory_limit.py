"""`run --memory-limit`: the heap is never larger, to the byte, than what was allowed."""

import json
import re
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from interpreters import Interpreter
from running import LAUNCHER, PACKAGE_FOLDER, report, run, summary, tracked

LIMIT = 20_000_000

# Frees as much as it keeps, also by realloc, in two threads and mappings: counting allocations alone would not do.
PROGRAM = """
import mmap, threading
kept, done = [], []
def load(n):
    return bytes(n)
def churn():
    while not done:
        text = bytearray()
        for _ in range(50): text += b"x" * 997
thread = threading.Thread(target=churn)
thread.start()
try:
    for n in range(200):
        kept.append(load(300_000 + n))
        with mmap.mmap(-1, 400_000) as area: area[0] = 1
        junk = [bytes(5_000) for _ in range(100)]
except (MemoryError, OSError) as error:
    print(type(error).__name__, flush=True)
finally:
    done.append(1)
thread.join()
kept.clear()
print("end", len(load(3_000_000)))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


def limited(totals: dict[str, Any], action: str) -> dict[str, Any]:
    """What the capture says of the first allocation that was not allowed."""
    limit = totals["memory_limit"]
    assert (limit["bytes"], limit["action"]) == (LIMIT, action)
    reached: dict[str, Any] = limit["reached"]
    assert reached["heap_bytes"] <= LIMIT < reached["heap_bytes"] + reached["size_bytes"]
    return reached


def test_a_program_that_passes_the_limit_is_killed_and_its_capture_tells_why(
    interpreter: Interpreter, folder: Path, detail: str
) -> None:
    result = tracked(interpreter, ["program.py"], folder, options=["--memory-limit", "20MB", "--detail", detail])
    assert result.returncode == -signal.SIGKILL
    assert result.stdout == b""
    said = result.stderr.decode()
    assert re.fullmatch(
        r"alloclens: The memory limit of 20 MB was passed: .* \S+ MB were live.*capture\.alloclens\n", said
    )
    totals = summary(interpreter, folder / "capture.alloclens")
    reached = limited(totals, "kill")
    heap = reached["heap_bytes"] + reached["size_bytes"]
    assert totals["peak_bytes"] == totals["unfreed_bytes"] == heap
    assert totals["complete"]
    assert totals["exit_status"] is None
    assert reached["stack"][-1]["file"] in (str(folder / "program.py"), None) or detail == "objects"
    [note] = [note for note in totals["notes"] if "limit" in note]
    assert note.startswith("The memory limit of 20 MB was passed, and the program killed: ")


def test_an_allocation_that_would_pass_the_limit_can_raise_instead(interpreter: Interpreter, folder: Path) -> None:
    options = ["--memory-limit", "20MB", "--memory-limit-action", "raise"]
    result = tracked(interpreter, ["program.py"], folder, options=options)
    assert result.stdout.decode().splitlines()[0] in ("MemoryError", "OSError")
    assert b"end 3000000" in result.stdout
    assert result.returncode == 0
    totals = summary(interpreter, folder / "capture.alloclens")
    limited(totals, "raise")
    assert totals["memory_limit"]["refused"] >= 1
    assert totals["peak_bytes"] <= LIMIT
    assert totals["complete"]
    assert any("fail" in note for note in totals["notes"])


def test_a_limit_that_is_not_reached_changes_nothing(interpreter: Interpreter, folder: Path) -> None:
    result = tracked(interpreter, ["program.py"], folder, options=["--memory-limit", "1GiB"])
    assert (result.returncode, result.stdout, result.stderr) == (0, b"end 3000000\n", b"")
    totals = summary(interpreter, folder / "capture.alloclens")
    assert totals["memory_limit"] == {"bytes": 2**30, "action": "kill", "refused": 0, "reached": None}
    assert totals["notes"] == []


def test_each_child_has_the_limit_for_itself(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(
        "import os, subprocess, sys\n"
        "print(subprocess.run([sys.executable, '-c', 'x = bytes(30_000_000)'], stderr=subprocess.DEVNULL).returncode)\n"
        "pid = os.fork()\n"
        "if pid == 0: x = bytes(30_000_000)\n"
        "else: print(os.waitpid(pid, 0)[1])\n"
    )
    options = ["--memory-limit", "20MB", "--follow-children"]
    result = tracked(interpreter, ["parent.py"], tmp_path, options=options)
    assert (result.returncode, result.stdout) == (0, b"-9\n9\n")
    totals = summary(interpreter, tmp_path / "capture.alloclens")
    assert totals["memory_limit"]["reached"] is None
    for child in totals["children"]:
        limited(report(interpreter, "summary", tmp_path / child["capture"]), "kill")


AMOUNTS = {
    "4096": 4096,
    "500MB": 500_000_000,
    "500 mb": 500_000_000,
    "1.5GB": 1_500_000_000,
    "2GiB": 2 * 2**30,
    "0.5KiB": 512,
    "10k": 10_000,
    "7B": 7,
}
NO_AMOUNTS = ["", "MB", "-1MB", "1.MB", "1e9", "ten", "1MBB", "0", "9999999TB", "1MiB2"]
READ = """
import json, sys
sys.path.insert(0, sys.argv[1])
from alloclens.options import byte_count
from alloclens.sentences import Refusal
answers = []
for text in json.loads(sys.argv[2]):
    try: answers.append(byte_count(text))
    except Refusal as refusal: answers.append(str(refusal))
print(json.dumps(answers))
"""


def test_amounts_are_read_as_people_write_them(tmp_path: Path) -> None:
    texts = [*AMOUNTS, *NO_AMOUNTS]
    result = run([sys.executable, "-c", READ, PACKAGE_FOLDER, json.dumps(texts)], tmp_path)
    answers = json.loads(result.stdout)
    assert answers[: len(AMOUNTS)] == list(AMOUNTS.values())
    for text, refusal in zip(NO_AMOUNTS, answers[len(AMOUNTS) :], strict=True):
        assert refusal.startswith(f"'{text}' is no amount of memory")


def test_options_that_make_no_sense_are_refused(interpreter: Interpreter, folder: Path) -> None:
    for words in (["--memory-limit", "much"], ["--memory-limit-action", "ask"], ["--memory-interval", "0"]):
        result = run([interpreter.python, LAUNCHER, "run", *words, "program.py"], folder)
        assert result.returncode == 2
        assert words[1] in result.stderr.decode()
    assert list(folder.glob("*.alloclens")) == []
