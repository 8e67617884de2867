"""The pytest plugin: `pytest --alloclens`, and the markers limit_memory and limit_leaks. docs/pytest.md explains it."""

import copy
from typing import Any, Generator, List, Optional

import pytest

from alloclens.testing.captures import Captures
from alloclens.testing.deselect import without
from alloclens.testing.limits import MARKERS
from alloclens.testing.options import add_options, separate_percent
from alloclens.testing.recorder import Recorder
from alloclens.testing.reporter import Reporter
from alloclens.testing.settings import Settings


def pytest_addoption(parser: Any, pluginmanager: Any) -> None:
    add_options(parser, pluginmanager)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: Any, parser: Any, args: List[str]) -> Generator[None, Any, None]:
    before = list(args)
    separate_percent(args, with_memray=early_config.pluginmanager.hasplugin("memray"))
    if args != before:
        early_config.known_args_namespace = parser.parse_known_args(args, namespace=copy.copy(early_config.option))
    yield


@pytest.hookimpl(trylast=True)
def pytest_configure(config: "pytest.Config") -> None:
    settings = Settings(config)
    if not settings.with_memray:
        for text in MARKERS.values():
            config.addinivalue_line("markers", text)
    worker = getattr(config, "workerinput", None)
    captures = Captures(settings, worker or {})
    if settings.acts:
        if settings.with_memray:
            config.pluginmanager.unregister(name="memray_manager")
        config.pluginmanager.register(Recorder(config, settings, captures), "alloclens_recorder")
        if worker is None:
            config.pluginmanager.register(Reporter(config, settings, captures), "alloclens_reporter")
    if settings.report_log and worker is None:
        from alloclens.testing.report_log import ReportLog

        config.pluginmanager.register(ReportLog(settings.report_log, config, captures), "alloclens_report_log")


def pytest_report_header(config: "pytest.Config") -> Optional[str]:
    if not config.pluginmanager.hasplugin("memray"):
        return None
    if config.pluginmanager.hasplugin("alloclens_recorder"):
        return "alloclens: records the tests and checks their limits; pytest-memray stands aside"
    return "alloclens: pytest-memray records the tests and checks their limits; with --alloclens AllocLens does"


def pytest_collection_modifyitems(config: "pytest.Config", items: "List[pytest.Item]") -> None:
    without(config, items)
