"""Prints how many calls each line of a program makes, to Python functions and to others: what a profile hook sees.

Usage: count_calls.py FILE
"""

import json
import sys
from collections import Counter
from types import FrameType
from typing import Optional

file = sys.argv[1]
calls: "Counter[tuple[int, str]]" = Counter()


def hook(frame: FrameType, event: str, argument: object) -> None:
    caller: "Optional[FrameType]" = frame if event == "c_call" else frame.f_back
    if event in ("call", "c_call") and caller is not None and caller.f_code.co_filename == file:
        calls[caller.f_lineno, caller.f_code.co_name] += 1


with open(file) as source:
    code = compile(source.read(), file, "exec")
names: "dict[str, object]" = {"__name__": "__main__"}
sys.setprofile(hook)
exec(code, names)
sys.setprofile(None)
json.dump([[*place, count] for place, count in calls.items()], sys.stdout)
