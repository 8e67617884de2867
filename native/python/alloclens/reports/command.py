"""What every report does alike: parse words, read the capture, ask, print, tell what is amiss."""

import _thread
import argparse
import contextlib
import os
import signal
import sys
import time
from typing import Any, BinaryIO, Callable, Dict, Iterator, List, NoReturn, Optional

from alloclens import _alloclens
from alloclens.capture import Capture
from alloclens.reports.progress import Bar
from alloclens.reports.text import width_of_terminal
from alloclens.sentences import Refusal, say
from alloclens.units import bytes_text

Json = Dict[str, Any]

INTERRUPTED = 0.3
"""Seconds that a command has to end after Ctrl-C."""
WITHOUT_TEXTUAL = "Interactive views need the package textual. Install it: python -m pip install 'alloclens[terminal]'."


class _Help(argparse.HelpFormatter):
    """It is made for every argument that is added, and would import shutil for its width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=width_of_terminal(80) - 2)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> "NoReturn":
        say(f"{message[0].upper()}{message[1:]}. {self.prog} --help tells what it takes.")
        sys.exit(2)


class _NotInverted(argparse.Action):
    """`--inverted` of a report that has no two directions."""

    def __call__(self, made: argparse.ArgumentParser, *_: object) -> None:
        made.error(
            "--inverted turns trees upside down: tree, flamegraph, and the pages of diff --html and export --format "
            "html. Lists have both directions: own bytes, and bytes with callees"
        )


def parser(name: str, what: str, *, inverted: str = "") -> argparse.ArgumentParser:
    """Wrong usage is told in sentences, and ends with status 2. `inverted` explains that option where it has one."""
    made = _Parser(prog=f"python -m alloclens {name}", description=what, allow_abbrev=False, formatter_class=_Help)
    if inverted:
        made.add_argument("--inverted", action="store_true", help=inverted)
    else:
        made.add_argument("--inverted", action=_NotInverted, nargs=0, help=argparse.SUPPRESS)
    return made


def add_capture(made: argparse.ArgumentParser) -> None:
    made.add_argument("capture", metavar="CAPTURE", help="a file that `run` wrote; it may still grow")


def add_ignored(made: argparse.ArgumentParser, *names: str) -> None:
    """Options of memray that say what is always so here."""
    for name in names:
        made.add_argument(name, action="store_true", help=argparse.SUPPRESS)


def add_output(made: argparse.ArgumentParser, what: str = "file to write, - for standard output") -> None:
    made.add_argument("-o", "--output", metavar="FILE", help=what)
    made.add_argument("-f", "--force", action="store_true", help="overwrite FILE if it exists")


@contextlib.contextmanager
def output(arguments: argparse.Namespace, ending: str) -> Iterator[str]:
    """The file to write: the one that is asked for, or the capture's name with another ending in this folder.

    What is for standard output goes there when it is whole: opened by a name it would lose what was written before.
    """
    name = os.path.basename(arguments.capture)
    stem = name[: -len(".alloclens")] if name.endswith(".alloclens") else name
    if not to_standard_output(arguments):
        yield may_write(arguments.output or f"{stem}.{ending}", arguments.force, arguments.capture)
        return
    import shutil
    import tempfile  # takes as long to import as a small capture to read

    with tempfile.TemporaryDirectory(prefix="alloclens-") as folder:
        path = os.path.join(folder, ending)
        yield path
        bar.end()
        sys.stdout.flush()
        with open(path, "rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def to_standard_output(arguments: argparse.Namespace) -> bool:
    return arguments.output in ("-", "/dev/stdout")


def create(path: str) -> BinaryIO:
    """For its owner alone when it is new, as captures are: what they tell of the program is in it."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb")


def tell_written(path: str, arguments: argparse.Namespace, what: str = "") -> None:
    """`what` replaces its size."""
    if not to_standard_output(arguments):
        tell(f"Wrote {path}{what or ', ' + bytes_text(os.stat(path).st_size)}.")


def may_write(path: str, force: bool, *captures: str) -> str:
    """`path`, unless it is one of the captures that are read, or is there and not to be overwritten."""
    if os.path.exists(path):
        if any(os.path.exists(capture) and os.path.samefile(path, capture) for capture in captures):
            raise Refusal(f"{path} is the capture that is read. Name another file to write.")
        if not force and not path.startswith("/dev/"):
            raise Refusal(f"{path} is there already. Take --force to overwrite it, or name another file.")
    return path


bar = Bar()
"""Of the whole command: it reads one capture, or one after the other."""


def read(path: str, question: Optional[Json] = None) -> Capture:
    return Capture(path, progress=bar, question=question)


def print_lines(lines: List[str]) -> None:
    bar.end()
    sys.stdout.write("\n".join(lines) + "\n")


def add_text_output(made: argparse.ArgumentParser) -> None:
    add_output(made, "write to this file what would be printed")


def print_or_write(lines: List[str], arguments: argparse.Namespace) -> None:
    """What a person reads, or what `-o` says that goes into a file."""
    if not arguments.output or to_standard_output(arguments):
        return print_lines(lines)
    if arguments.output.endswith((".html", ".htm")):
        raise Refusal("This report is text. `flamegraph -o FILE` writes a page, with the table beside the graph.")
    path = may_write(arguments.output, arguments.force, arguments.capture)
    with create(path) as file:
        file.write(("\n".join(lines) + "\n").encode("utf-8", "surrogateescape"))
    tell_written(path, arguments)
    return None


def tell(sentence: str) -> None:
    bar.end()
    say(sentence)


def tell_what_is_amiss(summary: Json) -> int:
    """Notes go to standard error; the exit status is 1 for a damaged capture."""
    sys.stdout.flush()
    for note in summary["notes"]:
        say(note)
    return 1 if summary["damage"] else 0


def has_textual() -> bool:
    """Whether the interactive views can be shown; tells how to get them when not."""
    import importlib.util

    extra = os.environ.pop("ALLOCLENS_TERMINAL_PACKAGES", None)  # a program that is started must not see it
    if extra:
        sys.path.append(extra)  # last: what the interpreter has itself goes first
    bar.end()
    if importlib.util.find_spec("textual"):
        return True
    say(WITHOUT_TEXTUAL)
    return False


def _end_when_told_to() -> None:
    """Ctrl-C raises KeyboardInterrupt; when core is so deep in its work that nothing comes of it, the process ends."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def watch() -> None:
        while os.read(reading, 1)[0] != signal.SIGINT:
            pass
        time.sleep(INTERRUPTED)
        bar.end()
        os._exit(130)

    _thread.start_new_thread(watch, ())


def guarded(work: Callable[[], Optional[int]]) -> int:
    """The exit status of `work`, whatever happens in it."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `table … | head` ends quietly
    _end_when_told_to()
    try:
        return work() or 0
    except _alloclens.CaptureError as error:
        bar.end()
        say(str(error))
        return 2 if error.code == "unknown_name" else 1
    except Refusal as refusal:
        say(str(refusal))
        return 2
    except OSError as error:
        say(f"{error.filename or 'A file'}: {error.strerror}.")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        bar.end()
