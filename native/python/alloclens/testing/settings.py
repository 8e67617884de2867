"""What a run of pytest is to do: options and ini names together, and what they come to."""

from pathlib import Path
from typing import Any, Optional

import pytest

from alloclens.testing.limits import Limit, limit_of_all
from alloclens.testing.units import parse_percent

#: Each asks for records of all tests, as --alloclens does.
_ASKING = (
    "--alloclens",
    "--alloclens-bin-path",
    "--alloclens-json-report",
    "--alloclens-baseline",
    "--alloclens-fail-on-increase",
)


class Settings:
    """What this run of pytest is to do."""

    def __init__(self, config: "pytest.Config") -> None:
        self._config = config
        self.with_memray = config.pluginmanager.hasplugin("memray")
        asking = [name for name in _ASKING if self._is_given(name)]
        if self.with_memray and asking and config.getoption("memray"):
            raise pytest.UsageError(
                f"--memray and {asking[0]} can't both record the same tests: give one of them, or -p no:memray."
            )
        ours = not self.with_memray
        growth_matters = ours and isinstance(self._option("fail_on_increase"), str) and not self._flag("memray")
        asked = bool(asking) or growth_matters or self._flag("alloclens")
        #: With pytest-memray loaded, markers and options are its own unless AllocLens is asked.
        self.acts = asked or ours
        #: pytest-memray's options, and none of ours, ask for records.
        self.as_memray = ours and not asked and self._flag("memray")
        #: Every test is recorded, not only those with a limit.
        self.active = asked or self.as_memray
        self.bin_path: Optional[Path] = self._first("alloclens_bin_path", "memray_bin_path" if ours else None)
        named_as_memray = bool(ours and not self._option("alloclens_bin_path") and self.bin_path)
        self.suffix = ".bin" if named_as_memray else ".alloclens"
        self.bin_prefix: Optional[str] = self._first("alloclens_bin_prefix", "memray_bin_prefix" if ours else None)
        self.hide_summary = self._option("alloclens_hide_summary") or (ours and self._flag("hide_memray_summary"))
        self.most_allocations = self._number("most_allocations", 5, least=0)
        self.stacks = self._number("stacks", 1, least=1)
        self.native = self._flag("native")
        detail = self._option("alloclens_detail") or self._ini("alloclens_detail")
        if detail not in (None, "", "objects", "system"):
            raise pytest.UsageError(f"alloclens_detail is 'objects' or 'system', not '{detail}'.")
        self._detail: str = detail or ("objects" if self._flag("trace_python_allocators") else "")
        self.fixtures = self._flag("alloclens_fixtures")
        #: Of tests without a marker.
        self.limit = self._limit()
        self.json_report: Optional[Path] = self._option("alloclens_json_report")
        self.report_log: Optional[Path] = self._option("alloclens_report_log")
        self.verbosity = self._verbosity()
        self.baseline: Optional[Path] = self._option("alloclens_baseline")
        self.fail_on_increase = self._increase()
        self._refuse_idle_comparisons()

    def detail_for(self, limit: Optional[Limit]) -> str:
        """Leaks are leaks of objects; the verdicts of the marker limit_memory are pytest-memray's."""
        if limit and limit.kind == "limit_leaks":
            return "objects"
        is_memrays = self.as_memray or limit is not self.limit
        return self._detail or ("system" if is_memrays else "objects")

    def _increase(self) -> Optional[float]:
        """In percent; None: growth is no failure."""
        own, shared = self._option("alloclens_fail_on_increase"), self._option("fail_on_increase")
        if own is not None:
            return float(own)
        if isinstance(shared, str):
            try:
                return parse_percent(shared)
            except ValueError as error:
                raise pytest.UsageError(f"--fail-on-increase: {error}") from None
        return 0.0 if shared or self._ini("fail-on-increase") is True else None

    def _refuse_idle_comparisons(self) -> None:
        if self.baseline and self.fail_on_increase is None:
            raise pytest.UsageError("--alloclens-baseline is for --fail-on-increase: say by how much a peak may grow.")
        if self.active and not self.as_memray and self.fail_on_increase is not None and self._detail == "system":
            raise pytest.UsageError(
                "--fail-on-increase can't compare figures of detail system, which count whole arenas of Python's "
                "allocator where a test happens to need a new one. Take --alloclens-detail objects."
            )

    def _limit(self) -> Optional[Limit]:
        try:
            return limit_of_all(self._ini("alloclens_limit_memory") or "", self._ini("alloclens_limit_leaks") or "")
        except ValueError as error:
            raise pytest.UsageError(str(error)) from None

    def _verbosity(self) -> int:
        level = self._ini("verbosity_memray")
        if level in (None, "", "auto"):
            return int(self._option("verbose") or 0)
        return self._whole("verbosity_memray", level)

    def _is_given(self, option: str) -> bool:
        value = self._option(option[2:].replace("-", "_"))
        return value is not None and value is not False

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

    def _number(self, name: str, otherwise: int, *, least: int) -> int:
        value = self._option(name)
        if value is None:
            value = self._ini(name) or otherwise
        number = self._whole(name, value)
        if number < least:
            raise pytest.UsageError(f"{name} is a number from {least} on, not {number}.")
        return number

    def _whole(self, name: str, value: Any) -> int:
        try:
            return int(value)
        except ValueError:
            raise pytest.UsageError(f"{name} is a whole number, not '{value}'.") from None
