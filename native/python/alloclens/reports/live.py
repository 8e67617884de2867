"""`live PORT`: watches a program that was started with `run --live-port`."""

import os
from typing import List

from alloclens.live import tokens
from alloclens.live.first_screen import FirstScreen
from alloclens.live.source import LiveError, Remote
from alloclens.reports import command
from alloclens.reports.text import is_interactive
from alloclens.sentences import Refusal


def main(words: List[str]) -> int:
    parser = command.parser("live", "Watches a program that was started with `run --live-port` or `run --live-remote`.")
    parser.add_argument("--address", default="127.0.0.1", help="where the program runs (127.0.0.1)")
    parser.add_argument("--token", help="printed when the program started; on its machine it is found without")
    parser.add_argument("port", metavar="PORT", type=int)
    arguments = parser.parse_args(words)
    if not is_interactive():
        raise Refusal("live needs a terminal.")
    if not command.has_textual():
        return 2
    token = arguments.token or os.environ.get("ALLOCLENS_LIVE_TOKEN") or tokens.find(arguments.port)
    if not token:
        raise Refusal(
            f"There is no token for port {arguments.port} on this machine. "
            "Give the one that was printed when the program started: --token TOKEN."
        )
    try:
        source = Remote(arguments.address, arguments.port, token)
    except LiveError as error:
        raise Refusal(str(error)) from None
    try:
        with FirstScreen(source):
            from alloclens.screens.live import LiveApp

            app = LiveApp(source)
        app.run()
    finally:
        source.close()
    return 0
