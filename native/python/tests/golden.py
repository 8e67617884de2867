"""Files that hold what is expected to the letter.

ALLOCLENS_UPDATE_GOLDEN=1 writes them anew: read what changed before it is committed.
"""

import json
import os
from typing import Any

from running import ROOT

GOLDEN = ROOT / "test-fixtures" / "reports"


def expect_golden(name: str, told: bytes) -> None:
    file = GOLDEN / name
    if os.environ.get("ALLOCLENS_UPDATE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(told)
    assert told.decode() == file.read_bytes().decode()


def in_lines(value: Any, depth: int = 3) -> str:
    """JSON with a line for each value of the outer levels, so that a difference can be read."""
    if depth == 0 or not isinstance(value, dict) or not value:
        return json.dumps(value)
    rows = ",\n".join(f"{json.dumps(name)}: {in_lines(of, depth - 1)}" for name, of in value.items())
    return "{\n" + rows + "\n}"
