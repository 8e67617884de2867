"""Numbers as words: the same rules, and the same cases, as extension/shared/units.ts has."""

import importlib.util
from types import ModuleType

import pytest
from running import LAUNCHER


@pytest.fixture(scope="module")
def units() -> ModuleType:
    spec = importlib.util.spec_from_file_location("units", LAUNCHER.parent / "units.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (512, "512 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (3_449, "3.4 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (203_400_000, "203.4 MB"),
        (6_300_000_000, "6.3 GB"),
        (2_000_000_000_000_000_000, "2000.0 PB"),
        (-3_100_000, "\u22123.1 MB"),
    ],
)
def test_bytes_are_told_with_one_decimal_from_kilobytes_up(units: ModuleType, count: int, text: str) -> None:
    assert units.bytes_text(count) == text.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (102, "102"), (999, "999"), (1_000, "1k"), (800_123, "800k"), (4_512_333, "4.5M"), (999_600, "1M")],
)
def test_counts_have_three_digits_at_most(units: ModuleType, count: int, text: str) -> None:
    assert units.count_text(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0.0 s"), (5.14, "5.1 s"), (59.94, "59.9 s"), (59.96, "1:00"), (102, "1:42"), (3723, "1:02:03")],
)
def test_times_are_told_in_seconds_then_minutes(units: ModuleType, seconds: float, text: str) -> None:
    assert units.duration_text(seconds) == text.replace(" ", "\u00a0")
