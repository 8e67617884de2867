"""An environment of pytest with the plugins and web frameworks that ours is tried beside; made once, in the cache."""

import fcntl
import functools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from interpreters import CACHE

# pytest-forked 1.7.5 cannot hand on the reports of pytest 9.2.
PACKAGES = {
    "plugins": [
        "pytest>=8,<9",
        "pytest-xdist>=3",
        "pytest-asyncio",
        "pytest-forked",
        "flaky",
        "anyio",
        "pytest-memray",
    ],
    "pytest 9": ["pytest>=9", "pytest-xdist>=3", "pytest-rerunfailures"],
    "pytest 7.0": ["pytest==7.0.*"],
    "pytest 6.2": ["pytest==6.2.*"],
    "servers": ["fastapi", "httpx", "flask"],
    "notebooks": ["ipython"],
    "suites": [
        "pytest>=8,<9",
        "pytest-memray",
        "hypothesis",
        "cloudpickle",
        "click==8.1.8",
        "attrs==25.3.0",
        "markupsafe",
        "trio",
    ],
    "workers": ["gunicorn", "celery"],
    "kernels": ["ipykernel", "nbclient"],
}


@functools.cache
def environment(name: str) -> Path:
    """Its interpreter, of the Python that runs the tests. Skips the test where the packages can't be had."""
    folder = CACHE / "venvs" / f"{name.replace(' ', '-')}-{sys.version_info[0]}.{sys.version_info[1]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    python, stamp = folder / "bin" / "python", folder / "complete.json"
    wanted = json.dumps(PACKAGES[name])
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            install: list[str | Path] = [
                python,
                "-m",
                "pip",
                "install",
                "-qq",
                "--disable-pip-version-check",
                "--prefer-binary",
            ]
            if subprocess.run([*install, *PACKAGES[name]], check=False).returncode != 0:
                pytest.skip(f"the packages of {name} can't be installed: {', '.join(PACKAGES[name])}")
            stamp.write_text(wanted)
    return python
