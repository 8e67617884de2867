"""Threads go by the names that they have in the program."""

import json
from pathlib import Path

from interpreters import Interpreter
from running import PACKAGE_FOLDER, PROGRAMS, environment, report, run, tracked

PROGRAM = PROGRAMS / "thread_names.py"


def names(interpreter: Interpreter, capture: Path) -> dict[int, str]:
    return {row["kernel_id"]: row["name"] for row in report(interpreter, "stats", capture)["threads"]}


def test_threads_have_the_last_name_that_the_program_gave_them(
    interpreter: Interpreter, detail: str, tmp_path: Path
) -> None:
    result = tracked(interpreter, [PROGRAM], tmp_path, options=["--detail", detail])
    assert result.returncode == 0, result.stderr.decode()
    wanted = {int(kernel_id): name for kernel_id, name in json.loads(result.stdout).items()}
    assert len(wanted) >= 9
    told = names(interpreter, tmp_path / "capture.alloclens")
    assert {kernel_id: told[kernel_id] for kernel_id in wanted} == wanted
    assert told[report(interpreter, "summary", tmp_path / "capture.alloclens")["pid"]] == "MainThread"


BEFORE = """
import alloclens, threading
begin, done = threading.Event(), threading.Event()
def wait():
    begin.wait()
    bytes(100_000)
threads = [threading.Thread(target=wait, name=f"alive before {n}") for n in range(3)]
for thread in threads: thread.start()
with alloclens.Tracker("c.alloclens"):
    begin.set()
    for thread in threads: thread.join()
print(threads[0].native_id)
"""


def test_threads_that_were_alive_before_have_their_names_too(interpreter: Interpreter, tmp_path: Path) -> None:
    env = environment(PYTHONPATH=str(PACKAGE_FOLDER))
    result = run([interpreter.python, "-c", BEFORE], tmp_path, env=env)
    assert result.returncode == 0, result.stderr.decode()
    assert names(interpreter, tmp_path / "c.alloclens")[int(result.stdout)] == "alive before 0"
