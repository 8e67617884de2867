"""Runs programs plain and tracked, and reads captures through the command line, as users do."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from interpreters import Interpreter

ROOT = Path(__file__).resolve().parents[3]
# ALLOCLENS_LAUNCHER: another copy of the package is tested, such as an installed one.
LAUNCHER = Path(os.environ.get("ALLOCLENS_LAUNCHER") or ROOT / "native" / "python" / "alloclens" / "__main__.py")
PACKAGE_FOLDER = LAUNCHER.parents[1]
PROGRAMS = ROOT / "test-fixtures" / "programs"

Words = Sequence[str | bytes | Path]


def environment(**changes: str) -> dict[str, str]:
    """Nothing of the test's own environment that an interpreter would notice."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", **changes}


def run(
    words: Words, cwd: Path, stdin: bytes = b"", env: dict[str, str] | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        words,
        cwd=cwd,
        input=stdin,
        env=environment() if env is None else env,
        capture_output=True,
        timeout=timeout,
        check=False,
    )


def tracked(
    interpreter: Interpreter,
    words: Words,
    cwd: Path,
    *,
    interpreter_options: Words = (),
    options: Words = (),
    output: str = "capture.alloclens",
    **more: Any,
) -> subprocess.CompletedProcess[bytes]:
    """`words`: what would follow the interpreter in a plain run."""
    launch = [interpreter.python, *interpreter_options, LAUNCHER, "run", "-q", "-f", "-o", output, *options, *words]
    return run(launch, cwd, **more)


def report(interpreter: Interpreter, command: str, capture: Path, *, ok: bool = True) -> Any:
    result = run([interpreter.python, LAUNCHER, command, "--json", capture], capture.parent)
    assert not ok or result.returncode == 0, result.stderr.decode()
    return json.loads(result.stdout)


def summary(interpreter: Interpreter, capture: Path) -> dict[str, Any]:
    answer: dict[str, Any] = report(interpreter, "summary", capture)
    return answer


def rows(interpreter: Interpreter, capture: Path) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = report(interpreter, "lines", capture)["rows"]
    return answer
