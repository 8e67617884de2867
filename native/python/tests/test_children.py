"""Processes that a program starts: each Python program among them has a capture of its own, and none notices."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from interpreters import ITSELF, Interpreter, find
from running import LAUNCHER, PACKAGE_FOLDER, environment, report, run, tracked

FOLLOW = ["--follow-children"]


def finished(interpreter: Interpreter, capture: Path) -> dict[str, Any]:
    """Its summary. A process that serves others may outlive the program for a moment."""
    deadline = time.monotonic() + 60
    while True:
        totals: dict[str, Any] = report(interpreter, "summary", capture)
        if totals["complete"] or time.monotonic() > deadline:
            assert totals["complete"]
            return totals
        time.sleep(0.05)


def children(interpreter: Interpreter, folder: Path, name: str = "capture") -> list[dict[str, Any]]:
    """Of a capture; each that was followed must be linked to it, whichever way it was started."""
    totals = finished(interpreter, folder / f"{name}.alloclens")
    for child in totals["children"]:
        assert (child["capture"] is None) != (child["not_followed"] is None)
        if child["capture"]:
            own = report(interpreter, "summary", folder / child["capture"])
            assert own["parent_run_id"] == totals["run_id"]
            assert own["pid"] == child["pid"]
    found: list[dict[str, Any]] = totals["children"]
    return found


def largest(interpreter: Interpreter, capture: Path) -> int:
    """Tens of megabytes that one line asked for: how the programs below are told apart."""
    lines = report(interpreter, "lines", capture)["rows"]
    return int(max(row["total_bytes"] for row in lines)) // 10_000_000


# Each child asks for as many tens of megabytes as its way has for a number.
WAYS = """
import multiprocessing, os, subprocess, sys
def code(n): return "x = bytes(%d)" % (n * 10_000_000)
def ask(n): bytes(n * 10_000_000)
if __name__ == "__main__":
    with open("script", "w") as file: file.write("#!%s -E\\n%s" % (sys.executable, code(3)))
    with open("through_env", "w") as file: file.write("#!/usr/bin/env python3\\n" + code(4))
    with open("module_11.py", "w") as file: file.write(code(11))
    for file in ("script", "through_env"): os.chmod(file, 0o755)
    bin = os.path.dirname(sys.executable)
    subprocess.run([sys.executable, "-c", code(2)], check=True)
    subprocess.run(["./script"], check=True)
    subprocess.run(["./through_env"], check=True, env={**os.environ, "PATH": bin + ":" + os.environ["PATH"]})
    subprocess.run(["python", "-IS", "-c", code(5)], check=True, env={**os.environ, "PATH": bin})
    subprocess.run([sys.executable, "-"], input=code(6).encode(), check=True)
    subprocess.run([sys.executable, "-c", code(7)], check=True, preexec_fn=lambda: None)
    for n, end in ((8, os._exit), (9, sys.exit)):
        pid = os.fork()
        if pid == 0:
            ask(n)
            end(0)
        os.waitpid(pid, 0)
    os.waitpid(os.posix_spawn(sys.executable, [sys.executable, "-c", code(10)], os.environ), 0)
    subprocess.run([sys.executable, "-um", "module_11"], check=True)
    for n, method in ((12, "fork"), (13, "spawn"), (14, "forkserver")):
        process = multiprocessing.get_context(method).Process(target=ask, args=(n,))
        process.start()
        process.join()
        assert process.exitcode == 0
    os.execv(sys.executable, [sys.executable, "-c", code(15)])
"""


def test_every_way_to_start_a_python_program_is_followed(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "ways.py").write_text(WAYS)
    result = tracked(interpreter, ["ways.py"], tmp_path, options=FOLLOW)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    named = children(interpreter, tmp_path)
    assert not [child["not_followed"] for child in named if child["not_followed"]]
    for server in [child for child in named if "forkserver" in " ".join(child["command"])]:
        named += children(interpreter, tmp_path, server["capture"].rpartition(".alloclens")[0])
    for child in [child for child in named if child["how"] == "fork"]:  # with preexec_fn it becomes another program
        own = report(interpreter, "summary", tmp_path / child["capture"])
        named += own["children"]
    found = sorted(largest(interpreter, tmp_path / child["capture"]) for child in named)
    assert [n for n in found if n] == list(range(2, 16))
    assert {child["capture"] for child in named} == {path.name for path in tmp_path.glob("capture.*.alloclens")}
    assert {child["how"] for child in named} == {"fork", "exec", "spawn", "became"}
    assert report(interpreter, "summary", tmp_path / "capture.alloclens")["complete"]


SEEN = (
    "import sys, os; print(sys.path, sorted(sys.modules), sorted(os.environ.items()), sys.argv, sys.flags, "
    "getattr(sys, 'orig_argv', 0), sys.executable, __file__ if 'f' in sys.argv else 0, "
    "sorted(n for n in os.listdir('/proc/self/fd') if int(n) < 900))"
)
PARENT = """
import json, subprocess, sys
for words in json.loads(sys.argv[1]):
    done = subprocess.run([sys.executable] + words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(done.stdout.decode(), done.returncode)
"""


def test_a_child_that_is_followed_sees_and_says_what_it_does_in_a_plain_run(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    (tmp_path / "child.py").write_text(SEEN)
    starts = [
        ["-c", SEEN, "1", "-q"],
        ["-E", "-s", "child.py", "f"],
        ["-I", "-W", "ignore", "-X", "utf8", "child.py", "f"],
        ["-m", "child", "f"],
        ["missing.py"],
        ["-m", "missing"],
        ["-c", "import sys; sys.exit(7)"],
        ["-c", "1 / 0"],
        ["-c"],
        ["--nope"],
        ["-V"],
    ]
    if interpreter.info < (3, 10):  # there, functions at exit need the module from the start
        starts = [["-c", SEEN.replace("sorted(sys.modules)", "0")], *starts[4:]]
    words = ["parent.py", json.dumps(starts)]
    plain = run([interpreter.python, *words], tmp_path)
    ours = tracked(interpreter, words, tmp_path, options=FOLLOW)
    assert ours.stdout.decode().split("\n") == plain.stdout.decode().split("\n")
    assert (ours.returncode, ours.stderr) == (0, plain.stderr)


NAMED = """
import os, subprocess, sys
quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
subprocess.run(["ls"], **quiet)
subprocess.run("true", shell=True)
os.system("true")
subprocess.run([sys.executable, "-V"], **quiet)
subprocess.run([sys.executable], stdin=subprocess.DEVNULL, **quiet)
subprocess.run([sys.executable, sys.argv[1], "--version"], **quiet)
try: subprocess.run(["/nowhere/python"])
except OSError: pass
try: os.execv("./no_program", ["./no_program"])
except OSError as error: print(error)
kept = bytes(30_000_000)
"""


def test_what_is_not_followed_is_named_with_the_reason(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "named.py").write_text(NAMED)
    (tmp_path / "no_program").write_bytes(b"\x7fELF" + b"nonsense" * 50)
    (tmp_path / "no_program").chmod(0o755)
    result = tracked(interpreter, ["named.py", LAUNCHER], tmp_path, options=FOLLOW)
    assert b"Exec format error" in result.stdout
    assert result.stderr == b""
    reasons = [
        (child["command"][0].rpartition("/")[2], child["not_followed"]) for child in children(interpreter, tmp_path)
    ]
    python = interpreter.python.name
    assert reasons == [
        ("ls", "it is no Python program"),
        ("sh", "it is no Python program"),
        ("sh", "it is no Python program"),
        (python, "it only asks the interpreter for help or its version"),
        (python, "it names no program on its command line"),
        (python, "it is AllocLens itself"),
    ]
    assert largest(interpreter, tmp_path / "capture.alloclens") == 3  # it went on after the exec that failed


HELD_UP = """
import ctypes, os, threading
import alloclens
asked, done = threading.Event(), threading.Event()
def allocate():
    asked.wait()
    held.append(bytes(10_000_000))
    done.set()
@ctypes.CFUNCTYPE(None)
def before_fork():
    asked.set()
    done.wait()
# As a library does that is there before the tracker: then it is called when the tracker is ready for the fork.
ctypes.CDLL(None).__register_atfork(before_fork, None, None, None)
held = []
thread = threading.Thread(target=allocate)
thread.start()
with alloclens.Tracker("c.alloclens", follow_children=True):
    child = os.fork()
    if child == 0:
        os._exit(len(bytes(1_000)) & 1)
    os.waitpid(child, 0)
    thread.join()
print(child)
"""


def test_a_fork_that_a_library_holds_up_for_a_recorded_thread_has_a_child_that_is_named(tmp_path: Path) -> None:
    result = run([ITSELF.python, "-c", HELD_UP], tmp_path, env=environment(PYTHONPATH=str(PACKAGE_FOLDER)))
    assert (result.returncode, result.stderr) == (0, b"")
    [child] = finished(ITSELF, tmp_path / "c.alloclens")["children"]
    reason = "its parent was recording at that moment"
    assert (child["pid"], child["capture"], child["not_followed"]) == (int(result.stdout), None, reason)
    assert largest(ITSELF, tmp_path / "c.alloclens") == 1


def test_without_the_option_children_run_untouched(interpreter: Interpreter, tmp_path: Path) -> None:
    code = "import os; print(open('/proc/self/cmdline').read().split(chr(0)))"
    (tmp_path / "child.py").write_text(code)
    (tmp_path / "parent.py").write_text(
        "import os, subprocess, sys\n"
        "subprocess.run([sys.executable, 'child.py'])\n"
        "if os.fork() == 0: os._exit(len(bytes(1_000_000)) & 1)\n"
        "os.wait()\n"
        "os.execv(sys.executable, [sys.executable, 'child.py', 'became'])\n"
    )
    result = tracked(interpreter, ["parent.py"], tmp_path)
    lines = [[str(interpreter.python), "child.py", ""], [str(interpreter.python), "child.py", "became", ""]]
    assert result.stdout.decode().splitlines() == [str(line) for line in lines]
    assert [path.name for path in tmp_path.glob("*.alloclens")] == ["capture.alloclens"]
    totals = report(interpreter, "summary", tmp_path / "capture.alloclens")
    assert totals["complete"]
    [became] = totals["children"]
    assert (became["how"], became["capture"], became["not_followed"]) == ("became", None, "children are not followed")
    assert "became another one" in totals["notes"][0]


THREADS = """
import os, threading
stop = False
def churn():
    while not stop: [bytes(n) for n in range(100)]
threads = [threading.Thread(target=churn) for _ in range(2)]
for thread in threads: thread.start()
for n in range(8):
    pid = os.fork()
    if pid == 0:
        kept = bytes(2_000_000)
        os._exit(len([bytes(1000) for _ in range(1000)]) & 1)
    assert os.waitpid(pid, 0)[1] == 0
stop = True
for thread in threads: thread.join()
"""


def test_children_of_a_program_with_threads_harm_neither_capture(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "threads.py").write_text(THREADS)
    result = tracked(interpreter, ["threads.py"], tmp_path, options=FOLLOW, interpreter_options=["-Wignore"])
    assert (result.returncode, result.stderr) == (0, b"")
    totals = report(interpreter, "summary", tmp_path / "capture.alloclens")
    assert totals["complete"]
    assert totals["lost_events"] == 0
    named = children(interpreter, tmp_path)
    assert len(named) == 8
    for child in named[::4]:
        own = report(interpreter, "summary", tmp_path / child["capture"])
        assert own["complete"]
        assert own["total_bytes"] > 3_000_000


def test_a_program_that_becomes_itself_overwrites_no_capture(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "again.py").write_text(
        "import os, sys\n"
        "n = int(sys.argv[1])\n"
        "if n: os.execv(sys.executable, [sys.executable, 'again.py', str(n - 1)])\n"
        "print(os.getpid())\n"
    )
    result = tracked(interpreter, ["again.py", "3"], tmp_path, options=["--follow-fork"])
    pid = int(result.stdout)
    expected = ["capture", f"capture.{pid}", f"capture.{pid}.2", f"capture.{pid}.3"]
    assert sorted(path.name for path in tmp_path.glob("*.alloclens")) == sorted(
        f"{name}.alloclens" for name in expected
    )
    for name, follower in zip(expected, expected[1:]):
        [became] = children(interpreter, tmp_path, name)
        assert became["capture"] == f"{follower}.alloclens"


@pytest.mark.parametrize("version", ["2.7", "3.7"])
def test_a_child_of_another_python_runs_as_if_nobody_followed(tmp_path: Path, version: str) -> None:
    other = find(version)
    if other is None:
        pytest.skip(f"this machine has no Python {version}")
    (tmp_path / "parent.py").write_text(
        "import subprocess, sys\nsubprocess.run([sys.argv[1], '-c', 'import sys; print(list(sys.version_info[:2]))'])\n"
    )
    launch: list[str | Path] = [sys.executable, LAUNCHER, "run", "-qo", "c.alloclens", "--follow-children", "parent.py"]
    result = run([*launch, other], tmp_path)
    major, minor = version.split(".")
    assert (result.stdout.decode(), result.stderr) == (f"{[int(major), int(minor)]}\n", b"")
    # Where only the interpreter itself could tell that it is not known:
    words: list[str | Path] = [
        other,
        "-S",
        LAUNCHER,
        "run",
        "-q",
        "--child-of",
        f"0:{tmp_path}/x",
        "-c",
        "import sys; print(len(sys.argv))",
        "1",
    ]
    result = run(words, tmp_path)
    assert (result.stdout, result.stderr) == (b"2\n", b"")


def test_a_child_whose_capture_cannot_be_written_runs_all_the_same(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    (tmp_path / "parent.py").write_text(
        "import os, shutil, subprocess, sys\n"
        "shutil.rmtree('gone')\n"
        "subprocess.run([sys.executable, '-c', 'print(1)'])\n"
        "if os.fork() == 0: os._exit(len(bytes(1_000_000)) & 1)\n"
        "print(os.wait()[1])\n"
    )
    output = tmp_path / "gone" / "capture.alloclens"
    result = tracked(interpreter, ["parent.py"], tmp_path, options=FOLLOW, output=str(output))
    assert result.stdout == b"1\n0\n"
    assert not os.path.exists(output)
