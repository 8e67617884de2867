"""The plugin's options and ini names, and those of pytest-memray where it does not act."""

import argparse
import os
from importlib import metadata
from pathlib import Path
from typing import Any, List

from alloclens.testing.units import parse_percent, percent_argument


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
        help="objects: every call of Python's allocators; system: malloc and mmap, as pytest-memray "
        "(default: objects, but system for tests with limit_memory)",
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
        type=percent_argument,
        help="Fail a test whose peak has grown by more than PERCENT since the baseline, or its last successful run",
    )
    group.addoption(
        "--alloclens-deselect",
        action="append",
        default=[],
        metavar="ID",
        help="Leave out the test, class, file or folder with this absolute path and name, and no other",
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
        "--most-allocations", type=_count, default=None, help="Show the N tests that allocate most (0: all), 5"
    )
    group.addoption("--stacks", type=_positive, default=None, help="Show N entries of each stack, 1")
    group.addoption("--native", action="store_true", help="Show native frames too (slower)")
    group.addoption("--trace-python-allocators", action="store_true", help="As --alloclens-detail objects")
    group.addoption(
        "--fail-on-increase",
        nargs="?",
        const="0",  # a type would refuse a path, which separate_percent has not seen yet
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


def separate_percent(arguments: List[str], *, with_memray: bool) -> None:
    """`--fail-on-increase tests` is pytest-memray's option and a folder: only a number is its value."""
    for place, word in enumerate(arguments[:-1]):
        value = arguments[place + 1]
        if word != "--fail-on-increase" or value.startswith("-"):
            continue
        if not _is_percent(value):
            arguments[place] = word if with_memray else "--fail-on-increase=0"
        elif with_memray and "--alloclens" in arguments:  # there it takes no value
            arguments[place : place + 2] = [f"--alloclens-fail-on-increase={value}"]
            return


def _installed(distribution: str) -> bool:
    try:
        metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def _is_percent(text: str) -> bool:
    try:
        parse_percent(text)
    except ValueError:
        return False
    return True


def _positive(text: str) -> int:
    value = int(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} is an invalid positive int value")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of tests: write one from 0 on")
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
