"""Whatever happens to the capture or the process: the program goes on as if untracked, and the user is told once."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from interpreters import Interpreter
from running import LAUNCHER, Words, environment, rows, run, summary, tracked

HELPERS = Path(__file__).resolve().parent / "helpers"
ALLOCATE = """
import os, random
def allocate(rounds):
    kept = []
    for i in range(rounds):
        kept.append(bytearray(random.randrange(5000)))
        if len(kept) > 500: kept.pop(random.randrange(500))
"""
END = "\nprint('done')\nraise SystemExit(3)\n"


def told(result: "subprocess.CompletedProcess[bytes]") -> list[str]:
    return [line for line in result.stderr.decode().splitlines() if line.startswith("alloclens: ")]


def large_rows(interpreter: Interpreter, capture: Path, bytes_made: int) -> int:
    """How many lines made a `bytes` of this size; some versions allocate a little for the call, too."""
    return sum(0 <= row["total_bytes"] - bytes_made - 33 < 1000 for row in rows(interpreter, capture))


def check_went_on(result: "subprocess.CompletedProcess[bytes]") -> None:
    assert (result.returncode, result.stdout) == (3, b"done\n"), result.stderr.decode()


def in_small_file_system(folder: Path, size: str, words: list[str]) -> list[str]:
    """The command with `folder` as a file system of its own, in a mount namespace."""
    script = 'mount -t tmpfs -o size="$1" none "$2" && cd "$2" && shift 2 && "$@"; s=$?; cp -r . "$0"; exit $s'
    saved = folder.with_name("saved")
    saved.mkdir()
    return ["unshare", "-rm", "sh", "-c", script, str(saved), size, str(folder), *words]


def can_mount() -> bool:
    return subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="this system lets us mount nothing, so no disk can be full")
def test_a_full_disk_ends_the_capture_and_not_the_program(interpreter: Interpreter, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(ALLOCATE + "allocate(300_000)" + END)
    small = tmp_path / "small"
    small.mkdir()
    launch = [str(interpreter.python), str(LAUNCHER), "run", "-q", "-o", "c.alloclens", str(program)]
    result = run(in_small_file_system(small, "1500k", launch), tmp_path)
    check_went_on(result)
    [sentence] = told(result)
    assert "No space left on device" in sentence
    totals = summary(interpreter, tmp_path / "saved" / "c.alloclens")
    assert totals["events"] > 10_000
    assert any("No space left on device" in note for note in totals["notes"])


def test_a_limit_of_file_size_is_no_signal_for_the_program(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        ALLOCATE
        + "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
        + "resource.setrlimit(resource.RLIMIT_FSIZE, (4_500_000, resource.RLIM_INFINITY))\nallocate(500_000)"
        + END
    )
    result = tracked(interpreter, ["program.py"], tmp_path)
    check_went_on(result)
    [sentence] = told(result)
    assert "File too large" in sentence
    assert summary(interpreter, tmp_path / "capture.alloclens")["events"] > 10_000


GONE = {
    "deleted": "os.unlink('folder/c.alloclens')",
    "replaced": "os.unlink('folder/c.alloclens'); open('folder/c.alloclens', 'w').close()",
    "in a folder that is deleted": "import shutil; shutil.rmtree('folder')",
}


@pytest.mark.parametrize("how", GONE)
@pytest.mark.parametrize("quiet", [True, False])
def test_a_capture_that_is_gone_is_told_once(tmp_path: Path, how: str, quiet: bool) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "program.py").write_text(ALLOCATE + GONE[how] + "\nallocate(1000)" + END)
    options = ["-q"] if quiet else []
    words: Words = [sys.executable, LAUNCHER, "run", *options, "-o", "folder/c.alloclens", "program.py"]
    result = run(words, tmp_path)
    check_went_on(result)
    said = told(result)
    assert said[-1].endswith("is no longer there: it was moved, replaced or deleted while the program ran.")
    assert len(said) == (1 if quiet else 2)  # the first names the capture


def test_a_capture_that_is_moved_is_whole_where_it_is_now(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(ALLOCATE + "os.rename('capture.alloclens', 'moved')\nallocate(1000)" + END)
    result = tracked(interpreter, ["program.py"], tmp_path)
    check_went_on(result)
    [sentence] = told(result)
    assert "is no longer there" in sentence
    assert summary(interpreter, tmp_path / "moved")["complete"]


@pytest.mark.parametrize("size", [0, 100, 100_000])
def test_a_capture_that_is_cut_does_not_harm_the_program(interpreter: Interpreter, tmp_path: Path, size: int) -> None:
    cut = f"allocate(1000)\nos.truncate('capture.alloclens', {size})\nallocate(200_000)"
    (tmp_path / "program.py").write_text(ALLOCATE + cut + END)
    result = tracked(interpreter, ["program.py"], tmp_path)
    check_went_on(result)
    [sentence] = told(result)
    assert "was cut by another program" in sentence


LEAVING = {
    "replaced": ("os.execv('/bin/echo', ['echo', 'other'])", 0, "became another one: echo other"),
    "replaced by a file that is open": (
        "os.execve(os.open('/bin/echo', os.O_RDONLY), ['echo', 'other'], {})",
        0,
        "became another one: echo other",
    ),
    "replaced from C": (
        "import ctypes; ctypes.CDLL(None).execlp(b'echo', b'echo', b'other', None)",
        0,
        "became another one: echo other",
    ),
    "aborted": ("os.abort()", -signal.SIGABRT, "called abort()"),
    "killed": ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, "was killed or crashed"),
    "killed by itself": ("import ctypes; ctypes.string_at(0)", -signal.SIGSEGV, "was killed or crashed"),
}


@pytest.mark.parametrize("how", LEAVING)
def test_a_capture_without_an_end_says_how_its_program_left(interpreter: Interpreter, tmp_path: Path, how: str) -> None:
    leave, status, words = LEAVING[how]
    (tmp_path / "program.py").write_text(f"import os, signal\nx = bytes(1_000_000)\n{leave}\n")
    result = tracked(interpreter, ["program.py"], tmp_path)
    assert result.returncode == status
    assert told(result) == []
    totals = summary(interpreter, tmp_path / "capture.alloclens")
    assert (totals["ending"], totals["complete"]) == (how.split(maxsplit=1)[0], how.startswith("replaced"))
    [note] = totals["notes"]
    assert words in note
    assert large_rows(interpreter, tmp_path / "capture.alloclens", 1_000_000) == 1


def test_a_program_that_is_ended_by_a_library_has_a_whole_capture(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import ctypes\nx = bytes(1_000_000)\nctypes.CDLL(None).exit(5)\n")
    result = tracked(interpreter, ["program.py"], tmp_path)
    assert (result.returncode, result.stderr) == (5, b"")
    totals = summary(interpreter, tmp_path / "capture.alloclens")
    assert (totals["complete"], totals["exit_status"], totals["notes"]) == (True, 5, [])


def test_a_program_that_could_not_become_another_one_is_not_said_to_have(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(
        "import os, signal\ntry:\n  os.execv('/nowhere', ['x'])\n"
        "except OSError: pass\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    tracked(interpreter, ["program.py"], tmp_path)
    assert summary(interpreter, tmp_path / "capture.alloclens")["ending"] == "killed"


def test_a_capture_of_a_program_that_runs_says_so(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("print('ready', flush=True)\ninput()\n")
    words: Words = [interpreter.python, LAUNCHER, "run", "-q", "-o", "c.alloclens", "program.py"]
    with subprocess.Popen(
        words, cwd=tmp_path, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert summary(interpreter, tmp_path / "c.alloclens")["ending"] == "running"
        process.communicate(b"\n")
    assert summary(interpreter, tmp_path / "c.alloclens")["ending"] == "finished"


@pytest.mark.parametrize("killed", [False, True])
def test_system_calls_that_are_forbidden_are_done_without(
    interpreter: Interpreter, tmp_path: Path, killed: bool
) -> None:
    end = "os.kill(os.getpid(), 9)" if killed else END
    # Without a shared mapping, what a kill would take is written every millisecond or two.
    later = "import time\nlast = time.monotonic() + 0.1\nwhile time.monotonic() < last: allocate(100)\n"
    (tmp_path / "program.py").write_text(ALLOCATE + "allocate(300_000)\nx = bytes(10_000_000)\n" + later + end)
    names = "fallocate,mmap_shared,ftruncate,madvise,getrandom"
    launch: Words = [interpreter.python, LAUNCHER, "run", "-qo", "c.alloclens", "program.py"]
    result = run([sys.executable, HELPERS / "forbidding.py", names, *launch], tmp_path)
    if not killed:
        check_went_on(result)
    assert told(result) == []
    totals = summary(interpreter, tmp_path / "c.alloclens")
    assert totals["complete"] is not killed
    assert totals["events"] > 600_000
    assert large_rows(interpreter, tmp_path / "c.alloclens", 10_000_000) == 1


def test_import_tables_that_may_not_be_changed_are_a_sentence(interpreter: Interpreter, tmp_path: Path) -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "from alloclens import _alloclens\nfrom forbidding import forbid\nforbid('mprotect')\n"
        "print(_alloclens.start([b'path', b'c.alloclens']), _alloclens.active(), len([bytes(i) for i in range(1000)]))"
    )
    result = run([interpreter.python, "-c", code, LAUNCHER.parents[1], HELPERS], tmp_path)
    assert result.stdout.decode().endswith("nothing can be tracked here. 0 1000\n"), result.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_figures_that_can_not_be_read_for_want_of_a_process_are_missed_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        f"import sys; sys.path.append({str(HELPERS)!r})\n"
        "from forbidding import forbid\nforbid('clone', 'clone3', 'fork', 'vfork')" + END
    )
    result = run([sys.executable, LAUNCHER, "run", "-o", "c.alloclens", "program.py"], tmp_path)
    check_went_on(result)
    assert told(result)[-1].endswith("but its figures could not be read.")
    assert run([sys.executable, LAUNCHER, "summary", "c.alloclens"], tmp_path).returncode == 0


LIMITS = {
    # Whatever room there is, the program meets its end in a MemoryError, and goes on.
    "address space": """
import resource
used = int(open('/proc/self/statm').read().split()[0]) * 4096
resource.setrlimit(resource.RLIMIT_AS, (used + 200_000_000, resource.RLIM_INFINITY))
kept = []
try:
    while True: kept.append(bytearray(1_000_000))
except MemoryError: del kept[:]
allocate(1000)
""",
    "open files": """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
files = []
try:
    while True: files.append(open('/dev/null'))
except OSError: allocate(100_000)
for file in files: file.close()
""",
    "10,000 threads, one after another": """
import threading
for _ in range(10_000):
    t = threading.Thread(target=int); t.start(); t.join()
""",
    "200 threads": """
import threading
gate = threading.Barrier(200)
def work():
    gate.wait(); allocate(200); gate.wait()
threads = [threading.Thread(target=work) for _ in range(200)]
for t in threads: t.start()
for t in threads: t.join()
""",
    "forks beside threads": """
import threading
stop = False
def work():
    while not stop: allocate(50)
threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads: t.start()
for _ in range(60):
    child = os.fork()
    if child == 0:
        allocate(100); os._exit(7)
    assert os.WEXITSTATUS(os.waitpid(child, 0)[1]) == 7
stop = True
for t in threads: t.join()
""",
    "libraries loaded and unloaded beside threads": """
import _ctypes, threading
stop = False
def work():
    while not stop: allocate(50)
threads = [threading.Thread(target=work) for _ in range(3)]
for t in threads: t.start()
for _ in range(300):
    _ctypes.dlclose(_ctypes.dlopen('libutil.so.1', 2))
    _ctypes.dlclose(_ctypes.dlopen('libanl.so.1', 1))
stop = True
for t in threads: t.join()
""",
    "signal handlers": """
import signal
caught = []
signal.signal(signal.SIGALRM, lambda *a: caught.append(bytes(100)))
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
while len(caught) < 100: allocate(100)
signal.setitimer(signal.ITIMER_REAL, 0)
""",
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_program_at_its_limits_goes_on_and_is_recorded(interpreter: Interpreter, tmp_path: Path, limit: str) -> None:
    (tmp_path / "program.py").write_text(ALLOCATE + LIMITS[limit] + "x = bytes(10_000_000)" + END)
    result = tracked(interpreter, ["program.py"], tmp_path, timeout=120)
    check_went_on(result)
    assert told(result) == []
    totals = summary(interpreter, tmp_path / "capture.alloclens")
    assert (totals["complete"], totals["exit_status"], totals["notes"]) == (True, 3, [])
    assert large_rows(interpreter, tmp_path / "capture.alloclens", 10_000_000) == 1
