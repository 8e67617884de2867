"""The command line: which command is meant. Imports nothing of the standard library, since `run` must not."""

import sys

from alloclens import __version__
from alloclens.sentences import Refusal, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

USAGE = """\
usage: python -m alloclens run [options] (SCRIPT | -m MODULE | -c CODE | -) [arguments…]
       python -m alloclens REPORT [options] CAPTURE
       python -m alloclens live [options] PORT
       python -m alloclens tests [options] BEFORE AFTER
       python -m alloclens --version

run         runs a program as plain Python does and records its memory in a capture
live        watches a program that was started with run --live-port
tests       compares two reports of pytest --alloclens-json-report, in Markdown

reports of a capture (each explains its options after --help):
summary     totals
stats       totals, sizes, allocators, top lines and modules, suspected leaks
lines       one row per line of code that asked for memory
table       the same to be sorted, filtered and paged through
tree        who called what asked for memory
flamegraph  all of it as one HTML file that needs no network
timeline    heap and resident memory over time
diff        what grew and shrank between two captures
annotate    a file's source with the bytes of its lines
export      figures in the formats of other tools
convert     the same capture with sums instead of events: small, and of the whole run only
inspect     what the file consists of, and whether it is whole

options of run:
  -o, --output FILE        name of the capture (alloclens-SCRIPT.PID.alloclens in the current folder)
  -f, --force              overwrite FILE if it exists
  -q, --quiet              print nothing, except errors
      --detail DETAIL      objects (default): every call of Python's own allocators too; system: malloc and mmap only
      --follow-children    also record Python programs that it starts, each in a capture of its own
      --native             record the frames of C, C++ and Rust code too, between those of Python
      --memory-limit SIZE  kill the program when its heap passes SIZE: 500MB, 2GiB
      --memory-limit-action ACTION
                           kill (default), or raise: the allocation raises MemoryError instead
      --aggregate          keep sums instead of events: a small capture, also of a run of days, of the whole run only
      --memory-interval MS milliseconds between two samples of resident memory (10)
      --no-sources         do not put the program's source text into the capture
      --live               show the program's memory here while it runs; its output follows at the end
  -p, --live-port PORT     let `live PORT` watch from other terminals; --live-remote chooses a free port
      --live-address ADDR  listen there instead of on 127.0.0.1, where only this machine can connect
      --compress-on-exit, --no-compress, --buffered-file-io
                           do nothing: captures are always compressed, and written through a mapping
      --trace-python-allocators
                           --detail objects, which is the default

Exit status of run: the program's own, or 2 when the program was not started.
Exit status of reports: 1 when the capture cannot be read or is damaged, 2 for wrong usage, 3 when `diff` found more
growth than --fail-on-increase allows.
"""


REPORTS = {
    "summary",
    "stats",
    "table",
    "tree",
    "flamegraph",
    "timeline",
    "lines",
    "diff",
    "annotate",
    "export",
    "convert",
    "inspect",
    "transform",
}

#: Commands of memray that go otherwise here.
ELSEWHERE = {
    "parse": "There is no command 'parse': `export --format ndjson` writes every record, `inspect` tells of the file.",
    "attach": "AllocLens can't attach to a running program yet. Start it with `run`, or record a part of it with "
    "alloclens.Tracker; docs/servers.md has how a server records when it is asked to.",
    "detach": "AllocLens can't attach to a running program yet, so there is nothing to detach.",
}


def main(
    main_file: str,
    command_line: "list[bytes] | None",
    modules_before: "set[str]",
    run_plain: "Callable[[], None]",
) -> None:
    """Runs the command that `sys.argv` names; ends by SystemExit unless all is well."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        if name == "run":
            from alloclens import run

            run.main(sys.argv[2:], main_file, command_line, modules_before)
        elif name in REPORTS or name == "live":
            from alloclens.reports import registry

            sys.exit(registry.main(name, sys.argv[2:]))
        elif name == "tests":
            from alloclens.testing import comparison

            sys.exit(comparison.main(sys.argv[2:]))
        elif name == "end-of-run":  # what `run` calls when the program has ended
            from alloclens import end_of_run

            end_of_run.main(sys.argv[2], told=len(sys.argv) > 3)
        elif name == "live-server":  # what `run --live-port` starts beside the program
            from alloclens.live import server

            server.main(sys.argv[2:])
        elif name in ("--version", "-V"):
            print("alloclens " + __version__)
        elif name in ("-h", "--help", "help"):
            print(USAGE, end="")
        elif name in ELSEWHERE:
            raise Refusal(ELSEWHERE[name])
        elif name:
            raise Refusal(f"There is no command '{name}'. --help lists those there are.")
        else:
            sys.stderr.write(USAGE)
            sys.exit(2)
    except Refusal as refusal:
        run_plain()
        sentence = str(refusal)
    else:
        return
    say(sentence)
    sys.exit(2)
