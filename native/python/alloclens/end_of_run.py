"""What `run` prints when the program has ended, from a process of its own."""

import json
import os

from alloclens import _alloclens
from alloclens.sentences import say
from alloclens.summary_text import summary_lines


def main(path: str, told: bool) -> None:
    """`told`: the user knows already what was lost."""
    try:
        [text] = _alloclens.query(os.fsencode(path), [b'{"query":"summary"}'])
    except _alloclens.CaptureError as error:
        if told:
            return
        say(str(error) if error.code == "not_found" else f"{error} The capture is {path}.")
        return
    except KeyboardInterrupt:
        return
    summary = json.loads(text)
    lines = [f"Recorded to {path}"]
    lines += ["  " + line for line in summary_lines(summary)]
    lines += [f"  Note: {note}" for note in summary["notes"] if not told]
    say("\n".join(lines))
