"""Stands in for pytest-memray where its own tests run against our plugin: its names lead to ours."""

import sys

from alloclens.testing import recording, stacks

sys.modules["pytest_memray.plugin"] = recording  # whose Tracker its tests replace
sys.modules["pytest_memray.marks"] = stacks
plugin, marks = recording, stacks
