"""The tracker's table of offsets against each interpreter's own headers."""

import subprocess

import pytest
from interpreters import Interpreter
from running import ROOT, environment


def test_the_table_of_offsets_agrees_with_the_headers(interpreter: Interpreter) -> None:
    code = "import sysconfig; print(sysconfig.get_path('include'))"
    asked = subprocess.run([interpreter.base, "-c", code], capture_output=True, text=True, check=True)
    include = asked.stdout.strip()
    found = subprocess.run(
        ["sh", ROOT / "native" / "tracker" / "cpython" / "check_offsets.sh", include],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    if "Python.h: No such file" in found.stderr:
        pytest.skip(f"the headers of Python {interpreter.version} are not installed")
    assert found.returncode == 0, found.stderr
    assert "agrees" in found.stdout
