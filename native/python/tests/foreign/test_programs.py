"""Programs that nobody here wrote behave as without us: the same output, the same exit code, and a whole capture.

Run by `npm run test:full` in an environment of its own, whose interpreter runs the tests, too.
"""

import re
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from interpreters import ITSELF
from running import PROGRAMS, Words, run, summary, tracked

HERE = Path(__file__).parent
#: What a program says of its own speed.
TIMES = re.compile(rb"\b\d+\.\d+ ?s(econds)?\b|\(\d+:\d+:\d+\)")


def folder_of(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


PROGRAMS_OF_OTHERS: dict[str, list[str | Path]] = {
    "pip lists": ["-m", "pip", "--disable-pip-version-check", "list", "--format=json"],
    "pip checks": ["-m", "pip", "--disable-pip-version-check", "check"],
    "black reads itself": ["-m", "black", "--check", folder_of("black")],
    "black fails on what is no Python": ["-m", "black", "--check", HERE.parent / "helpers" / "native_threads.c"],
    "mypy checks itself": ["-m", "mypy", "--cache-dir=/dev/null", "-p", "mypy.plugins"],
    "pytest tests numpy": [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--pyargs",
        "numpy.lib.tests.test_histograms",
    ],
    "pytest finds a failure": ["-m", "pytest", "-q", "-p", "no:cacheprovider", "test_failing.py"],
    "a web service answers": [PROGRAMS / "web_service.py", "10000"],
    "pandas and numpy": [PROGRAMS / "data_frames.py"],
    "pools of processes": [PROGRAMS / "pool.py"],
}


@pytest.mark.parametrize("name", PROGRAMS_OF_OTHERS)
@pytest.mark.parametrize("detail", ["objects", "system"])
def test_it_behaves_as_without_us(tmp_path: Path, name: str, detail: str) -> None:
    (tmp_path / "test_failing.py").write_text("def test_sum():\n    assert 1 + 1 == 3\n")
    words: Words = PROGRAMS_OF_OTHERS[name]
    plain = run([sys.executable, *words], tmp_path, timeout=600)
    under = tracked(ITSELF, words, tmp_path, options=["--detail", detail], timeout=1200)
    assert under.returncode == plain.returncode
    assert TIMES.sub(b"", under.stdout) == TIMES.sub(b"", plain.stdout)
    assert TIMES.sub(b"", under.stderr) == TIMES.sub(b"", plain.stderr)
    told = summary(ITSELF, tmp_path / "capture.alloclens")
    assert (told["complete"], told["exit_status"], told["lost_events"]) == (True, plain.returncode, 0)
    assert told["peak_bytes"] > 0
