"""`--alloclens-deselect`, for editors: leaves out exactly what is named, where `--deselect` takes what begins so."""

import os
from typing import TYPE_CHECKING, List

if TYPE_CHECKING:
    import pytest


def without(config: "pytest.Config", items: "List[pytest.Item]") -> None:
    unwanted = [_real(name) for name in config.getoption("alloclens_deselect")]
    if not unwanted:
        return
    kept: "List[pytest.Item]" = []
    left_out: "List[pytest.Item]" = []
    for item in items:
        (left_out if any(_is_in(_id(config, item), name) for name in unwanted) else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def _is_in(test: str, place: str) -> bool:
    """Whether it is the test, or a folder, file, class or parametrised test that has it."""
    return test == place or test.startswith((f"{place}/", f"{place}::", f"{place}["))


def _id(config: "pytest.Config", item: "pytest.Item") -> str:
    return _real(os.path.join(str(config.rootpath), item.nodeid))


def _real(name: str) -> str:
    """An absolute path that leads through no link, and the names behind it."""
    file, colons, names = name.partition("::")
    return os.path.realpath(file) + colons + names
