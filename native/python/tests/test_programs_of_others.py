"""Programs that nobody here wrote, on every interpreter; foreign/ has larger ones, for `npm run test:full`."""

from pathlib import Path

from interpreters import Interpreter
from running import PROGRAMS, Words, run, summary, tracked


def test_pools_of_processes_and_pip_behave_as_without_us(interpreter: Interpreter, tmp_path: Path) -> None:
    programs: list[Words] = [[PROGRAMS / "pool.py"]]
    if run([interpreter.python, "-c", "import pip"], tmp_path).returncode == 0:
        programs.append(["-m", "pip", "--disable-pip-version-check", "list", "--format=json"])
    for words in programs:
        plain = run([interpreter.python, *words], tmp_path)
        under = tracked(interpreter, words, tmp_path)
        assert (under.returncode, under.stdout, under.stderr) == (plain.returncode, plain.stdout, plain.stderr)
        assert plain.returncode == 0
        assert summary(interpreter, tmp_path / "capture.alloclens")["complete"]
