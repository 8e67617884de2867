"""The plugin's options and ini names, and those of pytest-memray where it does not act."""

import argparse
import os
from importlib import metadata
from pathlib import Path
from typing import Any, List, Optional

import pytest

from alloclens.testing.baseline import percent


def add_options(parser: Any, pluginmanager: Any) -> None:
    group = parser.getgroup("alloclens", "memory, by AllocLens")
    group.addoption("--alloclens", action="store_true", help="Record every test's memory and report the largest")
    group.addoption(
        "--alloclens-bin-path",
        metavar="DIR",
        type=_folder,
        help="Keep one capture a test in DIR (by default they are in a temporary folder and deleted)",
    )
    group.addoption("--alloclens-bin-prefix", metavar="TEXT", help="Begin the names of captures with TEXT")
    group.addoption("--alloclens-hide-summary", action="store_true", help="Print no report at the end")
    group.addoption(
        "--alloclens-detail",
        choices=("objects", "system"),
        help="system (default): malloc and mmap, as pytest-memray; objects: every call of Python's allocators too",
    )
    group.addoption("--alloclens-fixtures", action="store_true", help="Count what a test's fixtures set up, too")
    group.addoption(
        "--alloclens-json-report",
        *([] if _installed("pytest-json-report") else ["--json-report"]),
        dest="alloclens_json_report",
        metavar="FILE",
        type=_file,
        help="Write the tests' figures to FILE; it serves as a baseline, too",
    )
    group.addoption(
        "--alloclens-report-log",
        metavar="FILE",
        type=_file,
        help="Write what happens to FILE while it happens, one JSON object a line",
    )
    group.addoption(
        "--alloclens-baseline",
        metavar="FILE",
        type=Path,
        help="With --fail-on-increase: compare with the figures in FILE instead of each test's last successful run",
    )
    group.addoption(
        "--alloclens-fail-on-increase",
        metavar="PERCENT",
        type=_percent,
        help="Fail a test whose peak has grown by more than PERCENT since the baseline",
    )
    parser.addini("alloclens", "Record every test's memory", type="bool", default=False)
    parser.addini("alloclens_limit_memory", "Limit of the peak of every test without a marker, such as 100 MB")
    parser.addini("alloclens_limit_leaks", "Limit of what each stack may leak in every test without a marker")
    parser.addini("alloclens_detail", "system or objects")
    parser.addini("alloclens_fixtures", "Count what fixtures set up, too", type="bool", default=False)
    if not memray_acts(pluginmanager):
        _add_memray_options(parser)


def _add_memray_options(parser: Any) -> None:
    group = parser.getgroup("memray")
    group.addoption("--memray", action="store_true", help="Activate memray tracking")
    group.addoption("--memray-bin-path", metavar="DIR", type=_folder, help="As --alloclens-bin-path")
    group.addoption("--memray-bin-prefix", metavar="TEXT", help="As --alloclens-bin-prefix")
    group.addoption("--hide-memray-summary", action="store_true", help="As --alloclens-hide-summary")
    group.addoption(
        "--most-allocations", type=int, default=None, help="Show the N tests that allocate most (0: all), 5"
    )
    group.addoption("--stacks", type=_positive, default=None, help="Show N entries of each stack, 1")
    group.addoption("--native", action="store_true", help="Show native frames too (slower)")
    group.addoption("--trace-python-allocators", action="store_true", help="As --alloclens-detail objects")
    group.addoption(
        "--fail-on-increase",
        nargs="?",
        const="0",
        metavar="PERCENT",
        help="Fail a test whose peak has grown, or grown by more than PERCENT, since its last successful run",
    )
    parser.addini("memray", "Activate memray tracking: here as alloclens (bool)", type="bool")
    parser.addini("hide_memray_summary", "Print no report at the end", type="bool")
    parser.addini("most_allocations", "Show the N tests that allocate most (0: all)")
    parser.addini("stacks", "Show N entries of each stack")
    parser.addini("native", "Show native frames too (slower)", type="bool")
    parser.addini("trace_python_allocators", "As alloclens_detail = objects", type="bool")
    parser.addini("fail-on-increase", "Fail a test whose peak has grown since its last successful run", type="bool")
    parser.addini("verbosity_memray", "From 2 on a failure shows all allocations, below 0 none", default="auto")


def memray_acts(pluginmanager: Any) -> bool:
    """Whether pytest-memray is, or will be, loaded."""
    if pluginmanager.hasplugin("memray"):
        return True
    if pluginmanager.is_blocked("memray") or os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        return False
    return _installed("pytest-memray")


def separate_percent(arguments: List[str]) -> None:
    """`--fail-on-increase tests` is pytest-memray's option and a folder: only a number is its value."""
    for place, word in enumerate(arguments[:-1]):
        if word == "--fail-on-increase" and not _is_number(arguments[place + 1]):
            arguments[place] = "--fail-on-increase=0"


class Settings:
    """What this run of pytest is to do."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.with_memray = config.pluginmanager.hasplugin("memray")
        self.asked = self._flag("alloclens")
        self.memray_asked = self._flag("memray")
        if self.with_memray and config.getoption("alloclens") and config.getoption("memray"):
            raise pytest.UsageError(
                "--memray and --alloclens can't both record the same tests: give one of them, or -p no:memray."
            )
        #: With pytest-memray loaded, markers and options are its own unless --alloclens is given.
        self.acts = self.asked or not self.with_memray
        #: Every test is recorded, not only those with a limit.
        self.active = self.asked or (self.memray_asked and not self.with_memray)
        ours = not self.with_memray
        self.bin_path: Optional[Path] = self._first("alloclens_bin_path", "memray_bin_path" if ours else None)
        as_memray = bool(ours and not self._option("alloclens_bin_path") and self.bin_path)
        self.suffix = ".bin" if as_memray else ".alloclens"
        self.bin_prefix: Optional[str] = self._first("alloclens_bin_prefix", "memray_bin_prefix" if ours else None)
        self.hide_summary = self._option("alloclens_hide_summary") or (ours and self._flag("hide_memray_summary"))
        self.most_allocations = self._number("most_allocations", 5)
        self.stacks = self._number("stacks", 1)
        self.native = self._flag("native")
        detail = self._option("alloclens_detail") or self._ini("alloclens_detail")
        if detail not in (None, "", "objects", "system"):
            raise pytest.UsageError(f"alloclens_detail is 'objects' or 'system', not '{detail}'.")
        self.detail = detail or ("objects" if self._flag("trace_python_allocators") else "system")
        self.fixtures = self._flag("alloclens_fixtures")
        self.limit_memory: str = self._ini("alloclens_limit_memory") or ""
        self.limit_leaks: str = self._ini("alloclens_limit_leaks") or ""
        self.json_report: Optional[Path] = self._option("alloclens_json_report")
        self.report_log: Optional[Path] = self._option("alloclens_report_log")
        self.baseline: Optional[Path] = self._option("alloclens_baseline")
        self.fail_on_increase = self._increase()

    @property
    def verbosity(self) -> int:
        level = self._ini("verbosity_memray")
        return self._config.get_verbosity() if level in (None, "", "auto") else int(level)

    def _increase(self) -> Optional[float]:
        """In percent; None: growth is no failure."""
        own = self._option("alloclens_fail_on_increase")
        if own is not None:
            return float(own)
        shared = self._option("fail_on_increase")
        if isinstance(shared, str):
            return _percent(shared)
        return 0.0 if shared or self._ini("fail-on-increase") is True else None

    def _option(self, name: str) -> Any:
        return self._config.getoption(name, default=None)

    def _ini(self, name: str) -> Any:
        try:
            return self._config.getini(name)
        except (KeyError, ValueError):
            return None  # nobody has registered it

    def _flag(self, name: str) -> bool:
        return bool(self._option(name)) or self._ini(name) is True

    def _first(self, *names: Optional[str]) -> Any:
        return next((value for value in (self._option(name) for name in names if name) if value), None)

    def _number(self, name: str, otherwise: int) -> int:
        value = self._option(name)
        ini = self._ini(name)
        return int(value) if value is not None else int(ini) if ini else otherwise


def _installed(distribution: str) -> bool:
    try:
        metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def _is_number(text: str) -> bool:
    try:
        _percent(text)
    except argparse.ArgumentTypeError:
        return False
    return True


def _percent(text: str) -> float:
    try:
        return percent(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no percentage: write a number such as 5") from None


def _positive(text: str) -> int:
    value = int(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} is an invalid positive int value")
    return value


def _file(text: str) -> Path:
    """Can it be written? Asked before the tests run: they may take hours."""
    path = Path(text).absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"the folder of {path} can't be made: {error.strerror}") from None
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{path} is a folder: name a file in it")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{path} can't be written: permission denied")
    return path


def _folder(text: str) -> Path:
    folder = Path(text).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise argparse.ArgumentTypeError(f"{folder} must be a directory") from None
    except OSError as error:
        raise argparse.ArgumentTypeError(f"cannot create directory {folder} due to {error}") from None
    if not os.access(folder, os.W_OK):
        raise argparse.ArgumentTypeError(f"{folder} is read-only")
    return folder
