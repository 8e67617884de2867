"""What the command line says, to people and to programs, and how it refuses."""

import json
import os
import re
import sys
from pathlib import Path

import pytest
from interpreters import UNSUPPORTED, Interpreter, find
from running import LAUNCHER, PACKAGE_FOLDER, ROOT, environment, report, rows, run, summary, tracked
from terminal import Terminal

SCRIPT = "data = b'x' * 1_000_000\nprint('output')\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "script.py").write_text(SCRIPT)
    return tmp_path


def sentence(text: bytes) -> str:
    """The one sentence or two that a refusal consists of."""
    words = text.decode()
    assert words.startswith("alloclens: ")
    assert words.count("\n") == 1, words
    assert words.endswith(".\n"), words
    assert "Traceback" not in words
    return words


def test_run_names_the_capture_and_tells_its_figures_at_the_end(interpreter: Interpreter, folder: Path) -> None:
    result = run([interpreter.python, LAUNCHER, "run", "script.py", "1"], folder)
    assert result.returncode == 0
    assert result.stdout == b"output\n"
    said = result.stderr.decode()
    [capture] = folder.glob("*.alloclens")
    assert re.fullmatch(r"alloclens-script\.py\.\d+\.alloclens", capture.name)
    assert said.startswith(f"alloclens: Recording to {capture.name}\nalloclens: Recorded to {capture}\n")
    totals = summary(interpreter, capture)
    assert totals["run_id"] in said
    assert f"{interpreter.python} script.py 1\n" in said
    assert totals["command"] == [str(interpreter.python), "script.py", "1"]
    for name in ("Start", "End", "Duration", "Total allocations", "Total allocated", "Peak heap", "Peak RSS"):
        assert re.search(rf"^  {name} +\S", said, re.MULTILINE), name
    assert "  1.0\u00a0MB in " in said or "  1.1\u00a0MB in " in said
    assert capture.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("program", "is_told"), [("", True), ("vscode", False)])
def test_a_terminal_gets_a_link_that_opens_the_capture(tmp_path: Path, program: str, is_told: bool) -> None:
    (tmp_path / "script.py").write_text("")
    words: "list[str | Path]" = [sys.executable, LAUNCHER, "run", "-o", "a b.alloclens", "script.py"]
    with Terminal(words, tmp_path, environment(TERM="xterm", TERM_PROGRAM=program)) as terminal:
        assert terminal.end() == 0
    told = f"vscode://alloclens.alloclens/open?capture={tmp_path}/a%20b.alloclens"
    assert (told in terminal.text) is is_told


@pytest.mark.parametrize(
    ("words", "name"),
    [(["-m", "script"], "script"), (["-c", "pass"], "code"), (["-"], "stdin"), (["./script.py"], "script.py")],
)
def test_the_default_name_is_that_of_the_program(tmp_path: Path, words: list[str], name: str) -> None:
    (tmp_path / "script.py").write_text("")
    assert run([sys.executable, LAUNCHER, "run", "-q", *words], tmp_path).returncode == 0
    [capture] = tmp_path.glob("*.alloclens")
    assert re.fullmatch(rf"alloclens-{name}\.\d+\.alloclens", capture.name)


def test_quiet_says_nothing(folder: Path) -> None:
    result = run([sys.executable, LAUNCHER, "run", "-q", "--compress-on-exit", "script.py"], folder)
    assert (result.stdout, result.stderr) == (b"output\n", b"")


def test_compress_on_exit_says_that_it_does_nothing(folder: Path) -> None:
    result = run([sys.executable, LAUNCHER, "run", "--compress-on-exit", "script.py"], folder)
    assert result.returncode == 0
    assert "always compressed" in result.stderr.decode().split("\n")[0]


def test_a_capture_is_never_overwritten_without_force(folder: Path) -> None:
    (folder / "mine.alloclens").write_text("precious")
    refused = run([sys.executable, LAUNCHER, "run", "-o", "mine.alloclens", "script.py"], folder)
    assert refused.returncode == 2
    assert "mine.alloclens" in sentence(refused.stderr)
    assert refused.stdout == b""  # the program did not run
    assert (folder / "mine.alloclens").read_text() == "precious"
    forced = run([sys.executable, LAUNCHER, "run", "-qfo", "mine.alloclens", "script.py"], folder)
    assert (forced.returncode, forced.stderr) == (0, b"")
    assert run([sys.executable, LAUNCHER, "summary", "mine.alloclens"], folder).returncode == 0


def test_a_capture_stays_when_the_one_in_its_place_cannot_be_begun(folder: Path) -> None:
    assert run([sys.executable, LAUNCHER, "run", "-qo", "mine.alloclens", "script.py"], folder).returncode == 0
    before = (folder / "mine.alloclens").read_bytes()
    words: list[str | Path] = [
        "bash",
        "-c",
        'ulimit -f 1; exec "$0" "$@"',
        sys.executable,
        LAUNCHER,
        "run",
        "-qfo",
        "mine.alloclens",
    ]
    refused = run([*words, "script.py"], folder)
    assert refused.returncode == 2
    assert "mine.alloclens cannot be created" in sentence(refused.stderr)
    assert (folder / "mine.alloclens").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["mine.alloclens", "script.py"]


def test_the_program_is_never_taken_for_its_capture(folder: Path) -> None:
    refused = run([sys.executable, LAUNCHER, "run", "-qfo", "script.py", "./script.py"], folder)
    assert refused.returncode == 2
    assert "is the program itself" in sentence(refused.stderr)
    assert (folder / "script.py").read_text() == SCRIPT


def test_a_capture_that_its_program_deletes_is_missed_in_one_sentence(folder: Path) -> None:
    (folder / "deletes.py").write_text("import os; os.unlink('mine.alloclens')")
    result = run([sys.executable, LAUNCHER, "run", "-o", "mine.alloclens", "deletes.py"], folder)
    assert result.returncode == 0
    [recording, missing] = result.stderr.decode().splitlines()
    assert recording.endswith("Recording to mine.alloclens")
    assert "is no longer there" in missing


REFUSED = {
    "no program": ([], "--help"),
    "a missing script": (["nope.py"], "nope.py"),
    "a missing module": (["-m", "nope"], "'nope'"),
    "a missing package": (["-m", "nope.part"], "'nope'"),
    "nothing after -m": (["-m"], "-m"),
    "an unknown option": (["--nope", "script.py"], "--nope"),
    "an unknown short option": (["-qz", "script.py"], "-z"),
    "an unknown detail": (["--detail", "all", "script.py"], "'all'"),
    "a folder that is not there": (["-o", "nope/c.alloclens", "script.py"], "nope/c.alloclens"),
    "a folder as output": (["-f", "-o", ".", "script.py"], "is a folder"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_run_refuses_in_a_sentence(interpreter: Interpreter, folder: Path, case: str) -> None:
    words, named = REFUSED[case]
    result = run([interpreter.python, LAUNCHER, "run", *words], folder)
    assert result.returncode == 2
    assert named in sentence(result.stderr)
    assert result.stdout == b""
    assert list(folder.glob("**/*.alloclens")) == []


def test_a_folder_that_may_not_be_written_is_told(folder: Path) -> None:
    if os.geteuid() == 0:
        target = Path("/proc/nowhere.alloclens")  # root may write everywhere else
    else:
        (folder / "closed").mkdir(mode=0o500)
        target = folder / "closed" / "c.alloclens"
    result = run([sys.executable, LAUNCHER, "run", "-o", target, "script.py"], folder)
    assert result.returncode == 2
    assert str(target) in sentence(result.stderr)


@pytest.mark.parametrize("command", ["summary", "lines"])
def test_what_is_no_capture_is_told_in_a_sentence(interpreter: Interpreter, tmp_path: Path, command: str) -> None:
    (tmp_path / "text.alloclens").write_text("not a capture\n" * 100)
    (tmp_path / "empty.alloclens").write_text("")
    for name in ("text.alloclens", "empty.alloclens", "nope.alloclens", "."):
        result = run([interpreter.python, LAUNCHER, command, "--json", name], tmp_path)
        assert result.returncode == 1, name
        sentence(result.stderr)
        assert result.stdout == b""


def test_a_damaged_capture_is_told_with_its_place_and_what_is_whole_is_shown(folder: Path) -> None:
    assert run([sys.executable, LAUNCHER, "run", "-qo", "c.alloclens", "script.py"], folder).returncode == 0
    whole = (folder / "c.alloclens").read_bytes()
    place = whole.rindex(b"ALBK")  # the last block: the end
    (folder / "c.alloclens").write_bytes(whole[: place + 40] + b"\xff" + whole[place + 41 :])
    result = run([sys.executable, LAUNCHER, "summary", "c.alloclens"], folder)
    assert result.returncode == 1
    said = result.stderr.decode()
    assert str(place) in said
    assert "Traceback" not in said
    assert b"Total allocated" in result.stdout


def test_a_capture_without_its_description_makes_none_up(folder: Path) -> None:
    assert run([sys.executable, LAUNCHER, "run", "-qo", "capture.alloclens", "script.py"], folder).returncode == 0
    begin = (folder / "capture.alloclens").read_bytes()[:300]
    (folder / "begin.alloclens").write_bytes(begin)
    result = run([sys.executable, LAUNCHER, "summary", "begin.alloclens"], folder)
    assert b"The description of the run is missing" in result.stderr
    assert result.stdout.startswith(b"Duration"), result.stdout.decode()


def test_json_has_what_the_shapes_promise(interpreter: Interpreter, folder: Path) -> None:
    assert tracked(interpreter, ["script.py"], folder).returncode == 0
    totals = report(interpreter, "summary", folder / "capture.alloclens")
    figures = {f"{m}_{w}" for m in ("peak", "unfreed", "total", "temporary") for w in ("bytes", "allocations")}
    assert figures | {"peak_rss_bytes", "exit_status", "complete", "run_id", "command", "detail"} <= totals.keys()
    assert totals["peak_rss_bytes"] > 1_000_000
    assert totals["python_version"].startswith(interpreter.version)
    answer = report(interpreter, "lines", folder / "capture.alloclens")
    assert list(answer) == ["rows"]
    for row in answer["rows"]:
        assert figures | {"file", "line", "function", "yours", "with_callees"} <= row.keys()
        assert figures == row["yours"].keys() == row["with_callees"].keys()
        assert row["file"] is None or row["file"].startswith(("/", "<"))
    [first] = [row for row in answer["rows"] if row["file"] == str(folder / "script.py") and row["line"] == 1]
    assert first["total_bytes"] == first["unfreed_bytes"] == 1_000_033


def test_tables_are_for_people(interpreter: Interpreter, folder: Path) -> None:
    assert tracked(interpreter, ["script.py"], folder).returncode == 0
    table = run([interpreter.python, LAUNCHER, "lines", "--limit", "1", "capture.alloclens"], folder)
    assert table.returncode == 0
    head, row, more = table.stdout.decode().rstrip("\n").split("\n")
    assert head.split()[0] == "peak"
    assert row.startswith(" 1.0\u00a0MB" if row.startswith(" ") else "1.0\u00a0MB")
    assert row.endswith(f"{folder}/script.py:1 <module>")
    assert more.endswith("--limit 0 prints all.")
    totals = run([interpreter.python, LAUNCHER, "summary", "capture.alloclens"], folder)
    assert "Peak heap" in totals.stdout.decode()


def test_reports_are_not_led_astray_by_files_in_the_folder(interpreter: Interpreter, folder: Path) -> None:
    assert tracked(interpreter, ["script.py"], folder).returncode == 0
    for name in ("argparse", "json", "shlex", "time_", "os_", "cli"):
        (folder / f"{name}.py").write_text("raise ImportError('the wrong module')")
    env = environment(PYTHONPATH=str(PACKAGE_FOLDER))
    result = run([interpreter.python, "-m", "alloclens", "summary", "capture.alloclens"], folder, env=env)
    assert (result.returncode, result.stderr) == (0, b"")


def test_version_and_help(interpreter: Interpreter, tmp_path: Path) -> None:
    version = run([interpreter.python, LAUNCHER, "--version"], tmp_path)
    assert re.fullmatch(rb"alloclens \d+\.\d+\.\d+\n", version.stdout)
    assert b"run" in run([interpreter.python, LAUNCHER, "--help"], tmp_path).stdout
    nothing = run([interpreter.python, LAUNCHER], tmp_path)
    assert (nothing.returncode, nothing.stdout) == (2, b"")
    assert run([interpreter.python, LAUNCHER, "nope"], tmp_path).returncode == 2


@pytest.mark.parametrize(
    "words", [["summary"], ["summary", "--nope", "c"], ["table", "-n", "many", "c"], ["tests", "a"]]
)
def test_wrong_usage_gets_a_sentence(folder: Path, words: "list[str]") -> None:
    result = run([sys.executable, LAUNCHER, *words], folder)
    assert (result.returncode, result.stdout) == (2, b"")
    assert f"python -m alloclens {words[0]} --help tells what it takes." in sentence(result.stderr)


def test_the_manifest_and_the_package_have_one_version() -> None:
    manifest = json.loads((ROOT / "package.json").read_text())
    version = re.search(r'__version__ = "(.*)"', (PACKAGE_FOLDER / "alloclens" / "__init__.py").read_text())
    assert version
    assert version.group(1) == manifest["version"]


@pytest.mark.parametrize("version", UNSUPPORTED)
@pytest.mark.parametrize("way", ["path", "module"])
def test_an_unsupported_python_gets_a_sentence(folder: Path, version: str, way: str) -> None:
    python = find(version)
    if python is None:
        pytest.skip(f"this machine has no Python {version}")
    env = environment(PYTHONPATH=str(PACKAGE_FOLDER))
    words = [LAUNCHER] if way == "path" else ["-m", "alloclens"]
    for command in (["run", "script.py"], ["summary", "c.alloclens"]):
        result = run([python, *words, *command], folder, env=env)
        assert result.returncode == 2
        assert version in sentence(result.stderr)
        assert result.stdout == b""


# The gate asks `sys`, so a `sys` that answers otherwise stands for interpreters that this machine lacks.
PRETENDED = {
    "a later Python": ("sys.version_info = (3, 16, 0, 'final', 0)", "3.16"),
    "PyPy": ("sys.version += '[PyPy 7.3.17]'; sys.implementation.name = 'pypy'", "PyPy"),
    "a debug build": ("sys.abiflags = 'd'", "debug"),
    "a free-threaded build": ("sys.abiflags = 't'", "free-threaded"),
    "macOS": ("sys.platform = 'darwin'", "darwin"),
    "another processor": ("import posix; posix.uname = lambda: ('', '', '', '', 'aarch64')", "aarch64"),
}


@pytest.mark.parametrize("what", PRETENDED)
def test_other_interpreters_and_systems_get_a_sentence(folder: Path, what: str) -> None:
    change, named = PRETENDED[what]
    code = f"import sys, _frozen_importlib_external as e; {change}; sys.argv = [{str(LAUNCHER)!r}, 'run', 'script.py']"
    code += (
        f"\nexec(e.SourceFileLoader('__main__', {str(LAUNCHER)!r}).get_code('__main__'), {{'__name__': '__main__'}})"
    )
    result = run([sys.executable, "-c", code], folder)
    assert result.returncode == 2
    assert named in sentence(result.stderr)


def test_ctrl_c_while_a_capture_is_read_ends_quietly(interpreter: Interpreter, folder: Path) -> None:
    """Core reads without the GIL and asks for signals now and then; a handler that raises cancels it."""
    (folder / "big.py").write_text("for _ in range(400_000): b'x' * 1000 if _ % 2 else [_] * 80\n")
    assert tracked(interpreter, ["big.py"], folder).returncode == 0
    code = (
        f"import sys; sys.path.insert(0, {str(LAUNCHER.parent)!r})\n"
        "import _alloclens, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "signal.signal(signal.SIGALRM, signal.default_int_handler)\n"
        "try:\n"
        "  signal.setitimer(signal.ITIMER_REAL, 0.05)\n"
        "  while True: _alloclens.query(b'capture.alloclens', [b'{\"query\":\"summary\"}'])\n"
        "except KeyboardInterrupt: print('interrupted')\n"
    )
    assert run([interpreter.python, "-c", code], folder).stdout == b"interrupted\n"


def test_names_that_are_not_text_are_shown_as_far_as_they_are(interpreter: Interpreter, tmp_path: Path) -> None:
    script = os.fsencode(tmp_path) + b"/\xff.py"
    Path(os.fsdecode(script)).write_text(SCRIPT)
    result = tracked(interpreter, [script, b"\xc3\xa9\xfe"], tmp_path)
    assert result.returncode == 0, result.stderr
    totals = summary(interpreter, tmp_path / "capture.alloclens")
    assert totals["command"][1:] == [f"{tmp_path}/\ufffd.py", "é\ufffd"]
    [row] = [row for row in rows(interpreter, tmp_path / "capture.alloclens") if row["unfreed_bytes"] == 1_000_033]
    assert row["file"] == f"{tmp_path}/\ufffd.py"
