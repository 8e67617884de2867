"""A suite that is run by pytest with our plugin."""

import re
import subprocess
from pathlib import Path

from environments import environment as plugin_environment
from running import PACKAGE_FOLDER
from running import environment as plain_environment

#: Where a wheel was built, the checkout counts as an installation: the same plugin by another name.
OURS = ["-p", "no:alloclens", "-p", "alloclens.pytest_plugin"]

HEADER = 33  # of a bytes object

GRAB = """
import pytest
KEPT = []
def grab(size):
    return b"x" * (size - 33)
"""


class Suite:
    """A folder of tests, and pytest with our plugin in an environment that has the others, too."""

    def __init__(self, folder: Path, environment: str = "plugins") -> None:
        self.folder = folder
        self.python = plugin_environment(environment)

    def write(self, test: str, name: str = "test_it.py") -> None:
        (self.folder / name).write_text(GRAB + test)

    def run(self, *words: "str | Path", memray: bool = False, ok: "bool | None" = True, **env: str) -> str:
        options = OURS + ([] if memray else ["-p", "no:memray"])
        path = f"{PACKAGE_FOLDER}"
        answer = subprocess.run(
            [self.python, "-m", "pytest", *options, *words],
            cwd=self.folder,
            # Without bytecode: a test that is written anew in the same second would run as it was.
            env=plain_environment(PYTHONPATH=path, COLUMNS="200", PYTHONDONTWRITEBYTECODE="1", **env),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ok is None or (answer.returncode == 0) is ok, answer.stdout + answer.stderr
        return answer.stdout + answer.stderr


def outcomes(said: str) -> str:
    [counts] = re.findall(r"^=+ (.*) in [\d.]+s", said, re.MULTILINE)
    return str(counts)
