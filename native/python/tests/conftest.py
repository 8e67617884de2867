"""Every test that takes `interpreter` runs once for each supported version; a version that is missing is a skip."""

from pathlib import Path

import interpreters
import pytest
from interpreters import Interpreter
from plugin_suite import Suite


@pytest.fixture(params=interpreters.SUPPORTED)
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    found = interpreters.get(request.param)
    if found is None:
        pytest.skip(f"this machine has no Python {request.param}")
    return found


@pytest.fixture(params=["objects", "system"])
def detail(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return Suite(tmp_path)
