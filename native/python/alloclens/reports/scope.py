"""The options that all reports share: which measure, and which part of the capture."""

import argparse
from typing import List

from alloclens.capture import Capture
from alloclens.sentences import Refusal, say
from alloclens.shapes import Json

MEASURES = {
    "peak": "at the peak",
    "unfreed": "unfreed",
    "total": "in total",
    "temporary": "temporary",
}


def add_measure(parser: argparse.ArgumentParser) -> None:
    chosen = parser.add_argument_group("what is counted")
    one = chosen.add_mutually_exclusive_group()

    def flag(value: str, names: List[str], text: str) -> None:
        one.add_argument(*names, dest="measure", action="store_const", const=value, help=text)

    flag("peak", ["--peak"], "what was live when the heap was largest (default)")
    flag("unfreed", ["--leaks", "--unfreed"], "what was still live at the end: suspected leaks")
    flag("total", ["--total"], "all that was ever allocated, freed or not")
    flag(
        "temporary",
        ["--temporary-allocations", "--show-temporary-allocations"],
        "what was freed before the same thread made N more allocations",
    )
    one.add_argument("--measure", choices=tuple(MEASURES), help=argparse.SUPPRESS)
    chosen.add_argument(
        "--temporary-allocation-threshold",
        type=positive,
        metavar="N",
        help="the N of temporary allocations, 1 by default; implies --temporary-allocations",
    )


def add_scope(parser: argparse.ArgumentParser) -> None:
    part = add_range(parser)
    part.add_argument("--thread", action="append", metavar="NAME", help="of this thread: its name or kernel id")
    add_filters(part)


def add_range(parser: argparse.ArgumentParser) -> "argparse._ArgumentGroup":
    part = parser.add_argument_group("which part of the capture")
    part.add_argument("--from", dest="start", type=seconds, metavar="SECONDS", help="from this time since the start")
    part.add_argument("--to", dest="end", type=seconds, metavar="SECONDS", help="until this time since the start")
    return part


def add_filters(part: "argparse._ArgumentGroup") -> None:
    part.add_argument(
        "--allocator",
        action="append",
        metavar="NAME",
        help="asked for through this function: malloc, pyobject_malloc…",
    )
    part.add_argument(
        "--region", action="append", metavar="NAME", help="in this region, which the program has named, or nested in it"
    )
    part.add_argument(
        "--include", action="append", metavar="GLOB", help="with a matching file or function on the stack"
    )
    part.add_argument("--exclude", action="append", metavar="GLOB", help="without a matching one on the stack")


def add_native(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--native",
        action="store_true",
        help="of a capture made with run --native: native functions have rows of their own",
    )


def native_of(arguments: argparse.Namespace) -> Json:
    return {"native": True} if arguments.native else {}


def add_threads(parser: argparse.ArgumentParser) -> None:
    threads = parser.add_mutually_exclusive_group()
    threads.add_argument("--split-threads", dest="split_threads", action="store_true", help="a root for each thread")
    threads.add_argument(
        "--merge-threads", dest="split_threads", action="store_false", help="threads together (default)"
    )


def positive(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError("the number must be 1 or more")
    return number


def seconds(word: str) -> float:
    number = float(word)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError("the time must be seconds since the start")
    return number


def measure_of(arguments: argparse.Namespace) -> str:
    if arguments.temporary_allocation_threshold:
        if arguments.measure not in (None, "temporary"):
            raise Refusal(
                "--temporary-allocation-threshold is for --temporary-allocations: leave the other measure out."
            )
        return "temporary"
    return arguments.measure or "peak"


def scope_of(arguments: argparse.Namespace, capture: Capture, *, base: str = "") -> Json:
    """Fields of a question that say of which part of the capture it is: none for all of it.

    With a `base`, the path of a capture that it is compared with, a region may be in either.
    """
    threads = getattr(arguments, "thread", None)
    regions = getattr(arguments, "region", None)
    return _fields(
        {
            **part_of(arguments).get("scope", {}),
            "threads": threads and thread_ids(threads, capture),
            "regions": regions and region_names(regions, capture, base),
            "allocators": getattr(arguments, "allocator", None),
            "include": getattr(arguments, "include", None),
            "exclude": getattr(arguments, "exclude", None),
        }
    )


def part_of(arguments: argparse.Namespace) -> Json:
    """The same of what is known before the capture is read, and decides how."""
    if arguments.start is not None and arguments.end is not None and arguments.end < arguments.start:
        raise Refusal(f"--to {arguments.end:g} is before --from {arguments.start:g}.")
    threshold = getattr(arguments, "temporary_allocation_threshold", None)
    return _fields({"from_s": arguments.start, "to_s": arguments.end, "temporary_threshold": threshold})


def narrows(fields: Json) -> bool:
    """Whether they leave out allocations of the part: then the peak is a share of the program's."""
    return bool(fields.get("scope", {}).keys() - {"from_s", "to_s", "temporary_threshold"})


def _fields(given: Json) -> Json:
    scope = {name: value for name, value in given.items() if value is not None}
    return {"scope": scope} if scope else {}


def thread_ids(wanted: List[str], capture: Capture) -> List[int]:
    """Of the threads that have one of these names or kernel ids."""
    threads = capture.query("threads")["threads"]
    missing = [name for name in wanted if not any(name in (row["name"], str(row["kernel_id"])) for row in threads)]
    if missing:
        names = ", ".join(f"{row['name'] or '(no name)'} ({row['kernel_id']})" for row in threads)
        raise Refusal(f"There is no thread {' or '.join(missing)} in this capture. It has {names}.")
    return [row["id"] for row in threads if row["name"] in wanted or str(row["kernel_id"]) in wanted]


def region_names(wanted: List[str], capture: Capture, base: str = "") -> List[str]:
    """The same names: a mistyped one would be a report of nothing."""
    here = _regions(capture.query("regions"))
    before = _regions(capture.query("in_base", base=base, question={"query": "regions"})) if base else here
    known = list(dict.fromkeys(here + before))
    missing = [name for name in wanted if name not in known]
    if missing:
        there = f"{', '.join(known)}." if known else "none: alloclens.region(NAME) makes one."
        where, has = ("either capture", "They have") if base else ("this capture", "It has")
        raise Refusal(f"There is no region {' or '.join(missing)} in {where}. {has} {there}")
    for name in wanted:
        if name not in here or name not in before:
            side = "AFTER" if name in here else "BEFORE"
            say(f"The region {name} is in {side} alone: the other capture has no bytes of it.")
    return wanted


def _regions(answer: Json) -> List[str]:
    return list(dict.fromkeys(row["name"] for row in answer["regions"]))
