"""The suites of well-known packages, from their sdists: what the pytest plugin is tried on, and measured."""

import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from environments import environment
from interpreters import CACHE
from running import PACKAGE_FOLDER
from running import environment as plain_environment


@dataclass(frozen=True)
class Suite:
    """A package of one version, whose sdist has its tests."""

    name: str
    version: str
    #: What is measured of it: a part that takes seconds.
    measured: str

    @property
    def folder(self) -> Path:
        """Where its sdist is unpacked. Skips the test where it can't be had."""
        sources = CACHE / "sdists"
        folder = sources / f"{self.name}-{self.version}"
        if not (folder / "tests").exists():
            words = ["download", "-qq", "--disable-pip-version-check", "--no-deps", "--no-binary", self.name]
            wanted = ["-d", str(sources), f"{self.name}=={self.version}"]
            if subprocess.run([sys.executable, "-m", "pip", *words, *wanted], check=False).returncode != 0:
                pytest.skip(f"the source of {self.name} {self.version} can't be had")
            with tarfile.open(sources / f"{self.name}-{self.version}.tar.gz") as file:
                file.extractall(sources, filter="data")
        return folder

    def command(self, *options: str, tests: str = "tests") -> "list[str]":
        python = str(environment("suites"))
        return [python, "-m", "pytest", "-p", "no:cacheprovider", "-q", *options, *tests.split()]

    def environment(self) -> "dict[str, str]":
        source = self.folder / "src"
        path = [str(source if source.exists() else self.folder), str(PACKAGE_FOLDER)]
        return plain_environment(PYTHONPATH=":".join(path), PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0")


SUITES = [
    Suite("click", "8.1.8", "tests"),
    Suite("attrs", "25.3.0", "tests/test_slots.py tests/test_dunders.py tests/test_next_gen.py"),
    Suite("jinja2", "3.1.6", "tests"),
]
