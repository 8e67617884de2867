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
    # In VS Code's own terminal the path above is a link already.
    if os.isatty(2) and os.environ.get("TERM_PROGRAM") != "vscode":
        lines.append(f"  Open it in VS Code: {link(path)}")
    say("\n".join(lines))


def link(path: str) -> str:
    """Opens the capture in VS Code, where the extension is installed."""
    from urllib.parse import quote

    return f"vscode://alloclens.alloclens/open?capture={quote(path)}"
