"""The command line: which command is meant. Imports nothing of the standard library, since `run` must not."""

import sys

from alloclens import __version__
from alloclens.sentences import Refusal, say

USAGE = """\
usage: python -m alloclens run [options] (SCRIPT | -m MODULE | -c CODE | -) [arguments…]
       python -m alloclens summary [--json] CAPTURE
       python -m alloclens lines [--json] CAPTURE
       python -m alloclens --version

run      runs a program as plain Python does and records its memory in a capture
summary  prints the totals of a capture
lines    prints one row per line of code that asked for memory

options of run:
  -o, --output FILE        name of the capture (alloclens-SCRIPT.PID.alloclens in the current folder)
  -f, --force              overwrite FILE if it exists
  -q, --quiet              print nothing, except errors
      --detail DETAIL      objects (default): every call of Python's own allocators too; system: malloc and mmap only
      --no-sources         do not put the program's source text into the capture
      --compress-on-exit   does nothing: captures are always compressed

Exit status of run: the program's own, or 2 when the program was not started.
Exit status of summary and lines: 1 when the capture cannot be read or is damaged, 2 for wrong usage.
"""


def main(main_file: str, command_line: "list[bytes] | None", modules_before: "set[str]") -> None:
    """Runs the command that `sys.argv` names; ends by SystemExit unless all is well."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        if name == "run":
            from alloclens import run

            run.main(sys.argv[2:], main_file, command_line, modules_before)
        elif name in ("summary", "lines"):
            from alloclens import report

            sys.exit(report.main(name, sys.argv[2:]))
        elif name == "end-of-run":  # what `run` calls when the program has ended
            from alloclens import end_of_run

            end_of_run.main(sys.argv[2])
        elif name == "--version":
            print("alloclens " + __version__)
        elif name in ("-h", "--help", "help"):
            print(USAGE, end="")
        elif name:
            raise Refusal(f"There is no command '{name}'. Commands are run, summary and lines; --help explains them.")
        else:
            sys.stderr.write(USAGE)
            sys.exit(2)
    except Refusal as refusal:
        sentence = str(refusal)
    else:
        return
    say(sentence)
    sys.exit(2)
