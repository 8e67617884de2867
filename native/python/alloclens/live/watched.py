"""`run --live`: the program in a process of its own, the live view in this one."""

import os
import signal
import subprocess
import sys
import time
from typing import List

from alloclens import end_of_run
from alloclens.live.first_screen import FirstScreen
from alloclens.live.source import Local, state_of
from alloclens.sentences import Refusal, say

GRACE = 5.0
"""Seconds that the program has to end after Ctrl-C, then after SIGTERM."""


def main(words: List[str], interpreter: List[bytes], main_file: str, path: str, quiet: bool) -> int:
    """`words` are those after `run`. Returns the exit status of the program."""
    from alloclens.reports.command import has_textual
    from alloclens.reports.text import is_interactive

    if not is_interactive():
        raise Refusal("--live needs a terminal. Without one, take --live-port and watch from elsewhere.")
    if not has_textual():
        return 2  # it has been said
    output = path + ".output"
    rest = list(words)
    rest.remove("--live")
    command = [*interpreter, os.fsencode(main_file), *map(os.fsencode, ("run", "-q", "-o", path, *rest))]
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    earlier = state_of(path)
    with os.fdopen(descriptor, "wb") as file:
        program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    source = Local(path, program.pid, earlier)
    try:
        chosen = _watch(source, output)
    except BaseException:
        _stop(program)
        raise
    if chosen == "stop":
        _stop(program)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the program's, which ends us by its end
    _print_output(program, output)
    if not quiet and source.is_there():  # else it was not started, and its output says why
        end_of_run.main(path, told=False)
    return program.returncode if program.returncode >= 0 else 128 - program.returncode


def _watch(source: Local, output: str) -> str:
    with FirstScreen(source):
        from alloclens.screens.live import LiveApp

        app = LiveApp(source, output)
    return app.run() or ""


def _stop(program: "subprocess.Popen[bytes]") -> None:
    """As Ctrl-C would, so that it may tidy up; then harder."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if program.poll() is not None:
            return
        program.send_signal(number)
        try:
            program.wait(GRACE)
        except subprocess.TimeoutExpired:
            say(f"The program goes on after {number.name}.")


def _print_output(program: "subprocess.Popen[bytes]", path: str) -> None:
    """All that it printed and prints, as if it had run here; then the file is not needed any more."""
    with open(path, "rb") as file:
        while True:
            ended = program.poll() is not None
            chunk = file.read(1 << 16)
            if chunk:
                sys.stdout.buffer.write(chunk)
                sys.stdout.buffer.flush()
            elif ended:
                break
            else:
                time.sleep(0.05)
    os.unlink(path)
