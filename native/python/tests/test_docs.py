"""The examples of docs/ run as they stand there.

A block whose first line is a comment with a file's name is that file. Lines of `console` blocks that begin with "$ "
are commands, run in order in the folder of the files; what follows them must be printed, `…` standing for anything. A
page with a prelude here has blocks without names, too: they run in order as one program, behind the prelude.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from environments import environment as package_environment
from running import PACKAGE_FOLDER, ROOT
from running import environment as plain_environment

DOCS = ROOT / "docs"
#: Page → the environment that has what its examples import.
PAGES = {
    "pytest.md": "plugins",
    "ci.md": "plugins",
    "servers.md": "servers",
    "notebooks.md": "notebooks",
    "containers.md": "plugins",
    "python-api.md": "plugins",
    "tracker.md": "plugins",
}
PRELUDES = {
    "tracker.md": "def build_index(): return [bytes(1000) for _ in range(1000)]\ndef answer(index): return index[0]\n",
    "python-api.md": "import alloclens, sys\nwith alloclens.Tracker('run.alloclens'): kept = bytearray(1_000_000)\n"
    "sys.argv = ['report.py', 'run.alloclens']\n",
}
NAME = re.compile(r"^# ([\w./-]+\.\w+)\n")
COMMAND = re.compile(r"^\$ ")


class Block(NamedTuple):
    language: str
    text: str


def blocks(page: str) -> "list[Block]":
    text = (DOCS / page).read_text(encoding="utf-8")
    return [Block(*found) for found in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def steps(text: str) -> "list[tuple[str, list[str]]]":
    """Commands, each with what it prints."""
    found: "list[tuple[str, list[str]]]" = []
    for line in text.splitlines():
        if COMMAND.match(line):
            found.append((line[2:], []))
        elif found and line.strip():
            found[-1][1].append(line)
    return found


def assert_printed(said: str, expected: "list[str]") -> None:
    for line in expected:
        pattern = ".*".join(re.escape(part) for part in line.rstrip().split("…"))
        assert re.search(f"^{pattern}[ ]*$", said, re.MULTILINE), f"{line!r} is not in\n{said}"


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_run_as_it_says(tmp_path: Path, page: str) -> None:
    python = package_environment(PAGES[page])
    # The commands that people type, as an environment has them in which the package is installed.
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, words in {"python": "", "pytest": "-m pytest", "ipython": "-m IPython"}.items():
        (tools / name).write_text(f'#!/bin/sh\nexec "{python}" {words} "$@"\n')
        (tools / name).chmod(0o755)
    folder = tmp_path / "project"
    folder.mkdir()
    env = plain_environment(
        PATH=f"{tools}:{os.environ['PATH']}",
        PYTHONPATH=str(PACKAGE_FOLDER),
        PYTEST_ADDOPTS="-p no:alloclens -p alloclens.pytest_plugin -p no:memray -p no:cacheprovider",
        PYTHONDONTWRITEBYTECODE="1",
        COLUMNS="160",
        CAPTURES=str(tmp_path / "captures"),
        IPYTHONDIR=str(tmp_path / "ipython"),
    )
    run, unnamed = 0, []
    for block in blocks(page):
        named = NAME.match(block.text)
        if named:
            path = folder / named.group(1)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
        elif block.language == "python" and page in PRELUDES:
            unnamed.append(block.text)
        elif block.language == "console":
            for command, expected in steps(block.text):
                said = subprocess.run(
                    ["/bin/sh", "-c", f"{command} 2>&1"],
                    cwd=folder,
                    env=env,
                    capture_output=True,
                    text=True,
                    check=False,
                ).stdout
                assert_printed(said, expected)
                run += 1
    if unnamed:
        program = folder / "page.py"
        program.write_text(PRELUDES[page] + "\n".join(unnamed))
        answer = subprocess.run([python, program], cwd=folder, env=env, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
        run += 1
    assert run > 0, f"{page} has no example"


def test_every_page_of_the_api_has_examples_that_run() -> None:
    with_python = {path.name for path in DOCS.glob("*.md") if any(b.language == "python" for b in blocks(path.name))}
    assert with_python == set(PAGES)
