"""A program can't tell a tracked run from a plain one: every case runs both ways, and what it printed must be equal."""

import json
import os
import re
import shutil
import signal
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from endings import ENDS, TEXT_ENDS
from interpreters import Interpreter
from running import LAUNCHER, PACKAGE_FOLDER, environment, run, tracked

# Prints what a program can see of how it was started, without importing anything before it has looked.
PROBE = """
import sys
import posix
seen = {
    "argv": sys.argv,
    "path": sys.path,
    "orig_argv": getattr(sys, "orig_argv", None),
    "modules": sorted(sys.modules),
    "importers": sorted(sys.path_importer_cache),
    "meta_path": [str(finder).split(" at 0x")[0] for finder in sys.meta_path],
    "main": {name: repr(value).split(" at 0x")[0] for name, value in vars(sys.modules["__main__"]).items()
             if name not in ("seen", "sys", "posix", "probe")},
    "order": list(vars(sys.modules["__main__"])),
    "loader": getattr(getattr(sys.modules["__main__"], "__loader__", None), "path", None),
    "environment": {repr(name): repr(value) for name, value in posix.environ.items()},
    "flags": str(sys.flags),
    "hooks": [str(sys.excepthook is sys.__excepthook__), str(sys.displayhook is sys.__displayhook__)],
    "warnings": sys.warnoptions,
    "cwd": posix.getcwd(),
    "caller": (lambda frame: frame and [frame.f_code.co_filename, frame.f_lineno])(sys._getframe().f_back),
    "exception": str(sys.exc_info()),
}
def depth(n=1):
    try:
        return depth(n + 1)
    except RecursionError:
        return n
seen["depth"] = depth()
if sys.version_info < (3, 10):
    # Functions at exit live in the module there, so it is loaded before the program begins.
    seen["modules"] = [name for name in seen["modules"] if name != "atexit"]
import subprocess, json
child = "import sys, os; print(sys.path, sorted(sys.modules), sorted(os.environ.items()), sys.argv)"
seen["child"] = subprocess.run([sys.executable, "-c", child], stdout=subprocess.PIPE).stdout.decode()
fds = "import os; print(sorted(os.listdir('/proc/self/fd')))"
child = subprocess.run([sys.executable, "-c", fds], stdout=subprocess.PIPE, close_fds=False)
seen["descriptors"] = child.stdout.decode()
print(json.dumps(seen, indent=1))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "script.py").write_text(PROBE)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "inner.py").write_text(PROBE)
    (tmp_path / "link.py").symlink_to("sub/inner.py")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("")
    (tmp_path / "package" / "__main__.py").write_text(PROBE)
    (tmp_path / "package" / "part.py").write_text(PROBE)
    (tmp_path / "application").mkdir()
    (tmp_path / "application" / "__main__.py").write_text(PROBE)
    with zipfile.ZipFile(tmp_path / "zipped.pyz", "w") as archive:
        archive.writestr("__main__.py", PROBE)
    # Names that the launcher must not stumble over.
    for name in ("argparse", "json_", "atexit_", "alloclens", "options", "run", "program", "command", "sentences"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('the wrong module')")
    return tmp_path


def both(
    interpreter: Interpreter, words: list[Any], cwd: Path, interpreter_options: list[str] | None = None, **more: Any
) -> tuple[subprocess.CompletedProcess[bytes], subprocess.CompletedProcess[bytes]]:
    options = interpreter_options or []
    plain = run([interpreter.python, *options, *words], cwd, **more)
    ours = tracked(interpreter, words, cwd, interpreter_options=options, **more)
    return plain, ours


def without_addresses(text: bytes) -> str:
    return re.sub(r"0x[0-9a-f]{8,}", "0x…", text.decode())


def check_equal(plain: subprocess.CompletedProcess[bytes], ours: subprocess.CompletedProcess[bytes]) -> None:
    assert without_addresses(ours.stderr) == without_addresses(plain.stderr)
    if plain.stdout.startswith(b"{"):
        assert json.loads(ours.stdout) == json.loads(plain.stdout)
    assert ours.stdout.decode() == plain.stdout.decode()
    assert ours.returncode == plain.returncode


STARTS: dict[str, list[str]] = {
    "script": ["script.py", "1", "--two", "-q"],
    "script in another folder": ["sub/inner.py"],
    "script with dots in its path": ["./sub/../script.py"],
    "link to a script": ["link.py"],
    "module": ["-m", "package.part", "-m", "x"],
    "joined module option": ["-mpackage.part"],
    "package": ["-m", "package"],
    "code": ["-c", PROBE, "-c", "x"],
    "folder": ["application", "1"],
    "zip file": ["zipped.pyz"],
    "standard input": ["-", "1"],
}


@pytest.mark.parametrize("start", STARTS)
def test_the_program_sees_what_it_sees_in_a_plain_run(interpreter: Interpreter, folder: Path, start: str) -> None:
    stdin = PROBE.encode() if start == "standard input" else b""
    check_equal(*both(interpreter, STARTS[start], folder, stdin=stdin))


@pytest.mark.parametrize("option", ["-I", "-P", "-S", "-E", "-s", "-O", "-B", "-Wignore", "-Xdev"])
def test_options_of_the_interpreter_hold(interpreter: Interpreter, folder: Path, option: str) -> None:
    if option == "-P" and interpreter.info < (3, 11):
        option = "-u"  # -P is new in 3.11
    check_equal(*both(interpreter, ["script.py", "1"], folder, [option]))
    if option in ("-I", "-P"):
        check_equal(*both(interpreter, ["-c", PROBE], folder, [option]))
        check_equal(*both(interpreter, ["-m", "this"], folder, [option]))
        check_equal(*both(interpreter, ["application"], folder, [option]))


@pytest.mark.parametrize("variable", ["PYTHONSAFEPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONUTF8"])
def test_variables_of_the_interpreter_hold(interpreter: Interpreter, folder: Path, variable: str) -> None:
    check_equal(*both(interpreter, ["script.py"], folder, env=environment(**{variable: "1"})))


def test_a_compiled_script_runs_whatever_its_name(interpreter: Interpreter, folder: Path) -> None:
    (folder / "compiled.py").write_text("import sys; print(__file__, type(__loader__), sys.argv); 1/0")
    code = "import py_compile\nfor name in ('compiled.pyc', 'plain'): py_compile.compile('compiled.py', name)"
    assert run([interpreter.python, "-c", code], folder).returncode == 0
    for name in ("compiled.pyc", "plain"):
        check_equal(*both(interpreter, [name, "1"], folder))


def test_a_program_that_comes_through_a_pipe_is_not_eaten(interpreter: Interpreter, folder: Path) -> None:
    shell: list[str | Path] = [
        "bash",
        "-c",
        '"$0" "${@:2}" <(echo "import sys; print(len(sys.argv))") x',
        interpreter.python,
        "x",
    ]
    plain = run(shell, folder)
    ours = run([*shell, LAUNCHER, "run", "-q", "-o", "c.alloclens"], folder)
    assert plain.stdout == b"2\n"
    assert (ours.stdout, ours.stderr, ours.returncode) == (plain.stdout, plain.stderr, plain.returncode)


@pytest.mark.parametrize("start", ["script", "module", "code", "folder"])
def test_launching_through_m_from_a_folder_with_odd_names(interpreter: Interpreter, folder: Path, start: str) -> None:
    """`-m alloclens` starts anew by file path, so that nothing which it imported is left."""
    (folder / "alloclens.py").unlink()
    env = environment(PYTHONPATH=str(PACKAGE_FOLDER))
    words = STARTS[start]
    plain = run([interpreter.python, "-X", "utf8", *words], folder, env=env)
    launch: list[str | Path] = [
        interpreter.python,
        "-X",
        "utf8",
        "-m",
        "alloclens",
        "run",
        "-qo",
        "c.alloclens",
        *words,
    ]
    check_equal(plain, run(launch, folder, env=env))


@pytest.mark.parametrize("end", ENDS)
def test_a_script_ends_as_in_a_plain_run(interpreter: Interpreter, tmp_path: Path, end: str) -> None:
    source = ENDS[end]
    (tmp_path / "ends.py").write_bytes(source if isinstance(source, bytes) else source.encode())
    check_equal(*both(interpreter, ["ends.py"], tmp_path))


@pytest.mark.parametrize("start", ["module", "code", "folder", "standard input"])
@pytest.mark.parametrize("end", TEXT_ENDS)
def test_other_programs_end_as_in_a_plain_run(interpreter: Interpreter, tmp_path: Path, start: str, end: str) -> None:
    source = ENDS[end]
    assert isinstance(source, str)
    (tmp_path / "ends.py").write_text(source)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "__main__.py").write_text(source)
    words = {"module": ["-m", "ends"], "code": ["-c", source], "folder": ["folder"], "standard input": ["-"]}[start]
    stdin = source.encode() if start == "standard input" else b""
    check_equal(*both(interpreter, words, tmp_path, stdin=stdin))


def test_code_after_c_is_dedented_where_python_does_so(interpreter: Interpreter, tmp_path: Path) -> None:
    check_equal(*both(interpreter, ["-c", "\n    if 1:\n      print(1)\n\n    print(2)\n  "], tmp_path))


def test_a_missing_part_of_a_package_is_told_by_python_itself(interpreter: Interpreter, folder: Path) -> None:
    check_equal(*both(interpreter, ["-m", "package.nope"], folder))
    check_equal(*both(interpreter, ["sub"], folder))  # a folder without __main__.py


def test_standard_input_belongs_to_the_program(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "reads.py").write_text("import sys; print(sys.stdin.read().upper())")
    plain, ours = both(interpreter, ["reads.py"], tmp_path, stdin=b"some words")
    assert plain.stdout == b"SOME WORDS\n"
    check_equal(plain, ours)


def test_names_that_are_not_text_arrive_unchanged(interpreter: Interpreter, tmp_path: Path) -> None:
    script = os.fsencode(tmp_path) + b"/\xff-\xc3\xa9.py"
    Path(os.fsdecode(script)).write_text(
        "import sys, os; print([os.fsencode(a) for a in sys.argv], os.fsencode(__file__))"
    )
    plain, ours = both(interpreter, [script, b"\xfe"], tmp_path)
    assert plain.returncode == 0
    check_equal(plain, ours)


def test_ctrl_c_ends_the_program_as_in_a_plain_run(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text("import signal\nprint('ready', flush=True) or signal.pause()\n")
    endings = []
    for words in (["waits.py"], [LAUNCHER, "run", "-q", "-o", "c.alloclens", "waits.py"]):
        with subprocess.Popen(
            [interpreter.python, *words],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline() == b"ready\n"
            process.send_signal(signal.SIGINT)
            status = process.wait(timeout=30)
            # Which of the two calls of the line is interrupted is left to chance, and later versions underline it.
            endings.append((status, [line for line in process.stderr.read().split(b"\n") if b"^" not in line]))
    assert endings[0][0] == -signal.SIGINT
    assert endings[1] == endings[0]


@pytest.mark.skipif(shutil.which("script") is None, reason="the program `script`, which makes a terminal, is missing")
def test_a_terminal_stays_a_terminal(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "tty.py").write_text("import sys; print([s.isatty() for s in (sys.stdin, sys.stdout, sys.stderr)])")
    ours = f"{interpreter.python} {LAUNCHER} run -q -o c.alloclens tty.py"
    result = run(["script", "-qec", ours, "/dev/null"], tmp_path)
    assert b"[True, True, True]" in result.stdout
