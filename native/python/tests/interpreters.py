"""The interpreters of this machine, and an environment with the tests' packages for each.

Looked for in pyenv's folder, on PATH, and where scripts/install-pythons.sh puts 3.14 and 3.15. Environments are made
once, in ALLOCLENS_CACHE (default ~/.cache/alloclens); `python interpreters.py` makes them all and prints what there is.
"""

import fcntl
import functools
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

CACHE = Path(os.environ.get("ALLOCLENS_CACHE") or Path.home() / ".cache" / "alloclens")
SUPPORTED = [f"3.{minor}" for minor in range(8, 16)]
UNSUPPORTED = ["2.7", "3.6", "3.7"]
PACKAGES = ["numpy", "coverage", "memray", "greenlet", "gevent", "debugpy"]


@dataclass(frozen=True)
class Interpreter:
    version: str
    """Of the language: "3.11"."""
    base: Path
    """As installed."""
    python: Path
    """Of the environment that has the packages; the same as `base` where none could be made."""
    packages: dict[str, str | None] = field(hash=False, compare=False)
    """Version of each of PACKAGES, or None where it has no wheel for this interpreter."""

    @property
    def info(self) -> tuple[int, int]:
        major, minor = self.version.split(".")
        return int(major), int(minor)


ITSELF = Interpreter("%d.%d" % sys.version_info[:2], Path(sys.executable), Path(sys.executable), {})
"""That runs the tests, for what does not differ between versions."""


def candidates(version: str) -> list[Path]:
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = sorted(pyenv.glob(f"{version}.*/bin/python{version}"), reverse=True)
    found += [CACHE / "pythons" / f"python{version}"]
    on_path = shutil.which(f"python{version}")
    return found + ([Path(on_path)] if on_path else [])


@functools.cache
def find(version: str) -> Path | None:
    """The first candidate that runs and really is this version: pyenv's shims are on PATH without one."""
    for path in candidates(version):
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        try:
            answer = subprocess.run([path, "-c", code], capture_output=True, text=True, timeout=60, check=False)
        except OSError:
            continue
        if answer.stdout.strip() == version:
            return path
    return None


@functools.cache
def get(version: str) -> Interpreter | None:
    """The interpreter with its environment, made now if need be. None: this machine lacks it."""
    base = find(version)
    if base is None:
        return None
    folder = CACHE / "venvs" / version
    folder.parent.mkdir(parents=True, exist_ok=True)
    python, stamp = folder / "bin" / "python", folder / "packages.json"
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = json.loads(stamp.read_text()) if stamp.exists() else {}
        if made.get("base") != str(base) or "versions" not in made or not python.exists():
            make_environment(base, folder)
            made = {"base": str(base)}
        versions = made.setdefault("versions", {})
        versions.update({package: install(python, package) for package in PACKAGES if package not in versions})
        stamp.write_text(json.dumps(made))
    return Interpreter(version, base, python, versions)


def make_environment(base: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    has_pip = subprocess.run([base, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0
    subprocess.run([base, "-m", "venv", *([] if has_pip else ["--without-pip"]), folder], check=True)
    if has_pip:
        return
    # The newest, out of its wheel: the one of the interpreter that runs the tests may be too old for a new Python.
    download = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "pip"]
    subprocess.run([*download, "-d", folder], check=True)
    (wheel,) = folder.glob("pip-*.whl")
    subprocess.run([folder / "bin" / "python", wheel / "pip", "install", "-q", "--no-index", wheel], check=True)


def install(python: Path, package: str) -> str | None:
    """Wheels only: building numpy would take longer than all tests."""
    pip: list[str | Path] = [python, "-m", "pip"]
    words = [*pip, "install", "-q", "--disable-pip-version-check", "--only-binary=:all:", package]
    if subprocess.run(words, capture_output=True, check=False).returncode != 0:
        return None
    shown = subprocess.run([*pip, "show", package], capture_output=True, text=True, check=True).stdout
    version = re.search(r"^Version: (.*)$", shown, re.MULTILINE)
    return version.group(1) if version else None


def main() -> None:
    for version in SUPPORTED:
        interpreter = get(version)
        if interpreter is None:
            print(f"{version}: not on this machine")
            continue
        packages = ", ".join(f"{name} {number or '(no wheel)'}" for name, number in interpreter.packages.items())
        print(f"{version}: {interpreter.base} with {packages}", flush=True)


if __name__ == "__main__":
    main()
