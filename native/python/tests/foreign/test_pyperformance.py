"""pyperformance's benchmarks, each once as pyperf's workers run it: the same output and exit code as without us.

All of them that need no packages of their own.
"""

import re
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from interpreters import ITSELF
from running import Words, run, summary, tracked

SPEC = find_spec("pyperformance")
FOLDER = Path(SPEC.origin if SPEC and SPEC.origin else "").parent / "data-files" / "benchmarks"
NAMES = sorted(
    script.parent.name.partition("_")[2]
    for script in FOLDER.glob("bm_*/run_benchmark.py")
    if not (script.parent / "requirements.txt").exists()
)
#: Of those that are several in one.
KINDS = {"argparse": "many_optionals", "async_tree": "cpu_io_mixed", "pickle": "pickle_dict"}
WORKER = ["--worker", "-l1", "-n1", "-w0"]
TIMES = re.compile(rb"[\d.]+ (ns|us|ms|sec)\b")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("detail", ["objects", "system"])
def test_a_benchmark_behaves_as_without_us(tmp_path: Path, name: str, detail: str) -> None:
    words: Words = [FOLDER / f"bm_{name}" / "run_benchmark.py", *WORKER, *filter(None, [KINDS.get(name)])]
    plain = run([sys.executable, *words], tmp_path, timeout=300)
    under = tracked(ITSELF, words, tmp_path, options=["--detail", detail], timeout=600)
    assert under.returncode == plain.returncode == 0, under.stderr.decode()
    assert TIMES.sub(b"", under.stdout) == TIMES.sub(b"", plain.stdout)
    assert TIMES.sub(b"", under.stderr) == TIMES.sub(b"", plain.stderr)
    told = summary(ITSELF, tmp_path / "capture.alloclens")
    assert (told["complete"], told["exit_status"], told["lost_events"]) == (True, 0, 0)
