"""`stats`: the figures that tell a program's habits, on one page."""

import json
from typing import Callable, List, Sequence

from alloclens.reports import command, scope
from alloclens.reports.text import LEFT, RIGHT, bar, bold, columns, place_text, share_text
from alloclens.shapes import Json
from alloclens.summary_text import peak_name
from alloclens.units import blocks_text, bytes_text, count_text, duration_text

BAR = 30
Names = Callable[[Json], List[str]]


def main(words: List[str]) -> int:
    parser = command.parser("stats", "Prints totals, sizes, allocators, top lines and modules, and suspected leaks.")
    parser.add_argument(
        "-n", "--num-largest", type=scope.positive, default=5, metavar="N", help="rows of each list (5)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON with exact figures in bytes")
    command.add_text_output(parser)
    scope.add_measure(parser)
    scope.add_scope(parser)
    scope.add_native(parser)
    command.add_capture(parser)
    arguments = parser.parse_args(words)
    capture = command.read(arguments.capture, {"query": "stats", **scope.part_of(arguments)})
    measure = scope.measure_of(arguments)
    fields = {**scope.scope_of(arguments, capture), **scope.native_of(arguments)}
    text = capture.query_text("stats", measure=measure, limit=arguments.num_largest, **fields)
    command.print_or_write(
        [text] if arguments.json else page(json.loads(text), measure, arguments.num_largest, scope.narrows(fields)),
        arguments,
    )
    return command.tell_what_is_amiss(capture.summary)


def page(stats: Json, measure: str, most: int, narrowed: bool) -> List[str]:
    return [
        *_totals(stats, narrowed),
        *_section("Sizes of allocations", _sizes(stats["sizes"])),
        *_section("Asked for through", _allocators(stats["allocators"], measure)),
        *_section("Threads", _threads(stats["threads"], measure)),
        *_section("Regions, with those nested in them", _regions(stats["regions"], measure)[: most + 1]),
        *_section(f"Lines with the most bytes {scope.MEASURES[measure]}", _lines(stats["top_by_size"], stats, measure)),
        *_section(
            f"Lines with the most allocations {scope.MEASURES[measure]}", _lines(stats["top_by_count"], stats, measure)
        ),
        *_section("Modules outside the standard library", _modules(stats["top_modules"], measure)),
        *_section("Suspected leaks", _leaks(stats["leaks"])),
    ]


def _totals(stats: Json, narrowed: bool) -> List[str]:
    rows = [
        ("Duration", duration_text(stats["duration_s"])),
        ("Total allocations", count_text(stats["total_allocations"])),
        ("Total allocated", bytes_text(stats["total_bytes"])),
        ("Temporary", f"{share_text(round(1e6 * stats['temporary_share']), 1_000_000)} of all allocations"),
        (
            peak_name(narrowed),
            f"{bytes_text(stats['peak_bytes'])} in {blocks_text(stats['peak_allocations'])}"
            f" at {duration_text(stats['peak_time_s'])}",
        ),
        ("Peak RSS", f"{bytes_text(stats['peak_rss_bytes'])} at {duration_text(stats['peak_rss_time_s'])}"),
        ("Unfreed", f"{bytes_text(stats['unfreed_bytes'])} in {blocks_text(stats['unfreed_allocations'])}"),
    ]
    return [f"{name:17}  {value}" for name, value in rows]


def _section(title: str, lines: Sequence[str]) -> List[str]:
    return ["", bold(title), *(f"  {line}" for line in lines)] if lines else []


def _sizes(rows: Sequence[Json]) -> List[str]:
    counts = [row["total_allocations"] for row in rows]
    ends = [f"≤ {bytes_text(row['to_bytes'])}" if row["to_bytes"] else "0 B" for row in rows]
    width = max(map(len, ends), default=0)
    return [
        f"{end:>{width}}  {count_text(count):>6}  {bar(count, max(counts), BAR)}".rstrip()
        for end, count in zip(ends, counts)
    ]


def _allocators(rows: Sequence[Json], measure: str) -> List[str]:
    return _figures(["function"], rows, measure, lambda row: [row["allocator"]])


def _threads(rows: Sequence[Json], measure: str) -> List[str]:
    def names(row: Json) -> List[str]:
        return [row["name"] or "(no name)", str(row["kernel_id"] or "")]

    return _figures(["name", "kernel id"], rows, measure, names) if len(rows) > 1 else []


def _regions(rows: Sequence[Json], measure: str) -> List[str]:
    by_id = {row["id"]: row for row in rows}

    def path(row: Json) -> str:
        around = by_id.get(row["parent"])
        return f"{path(around)} / {row['name']}" if around else str(row["name"])

    nested = [{**row["with_nested"], "path": path(row), "entered": row["entered"]} for row in rows]
    return _figures(["entered", "region"], nested, measure, lambda row: [count_text(row["entered"]), row["path"]])


def _figures(header: List[str], rows: Sequence[Json], measure: str, names: Names) -> List[str]:
    size = f"{measure}_bytes"
    shown = sorted(rows, key=lambda row: (-row[size], -row["total_allocations"]))
    sizes = [size] if measure == "total" else [size, "total_bytes"]
    cells = [
        [*(bytes_text(row[name]) for name in sizes), count_text(row["total_allocations"]), *names(row)] for row in shown
    ]
    titles = [measure, "total"][: len(sizes)]
    align = RIGHT * (len(sizes) + 1) + LEFT * len(header)
    return columns([*titles, "calls", *header], cells, align) if cells else []


def _lines(rows: Sequence[Json], stats: Json, measure: str) -> List[str]:
    size = f"{measure}_bytes"
    cells = [
        [
            bytes_text(row[size]),
            share_text(row[size], stats[size]),
            count_text(row[f"{measure}_allocations"]),
            place_text(row["file"], row["line"], row["function"]),
        ]
        for row in rows
    ]
    return columns(["own", "share", "count", "where"], cells, RIGHT * 3 + LEFT) if cells else []


def _modules(rows: Sequence[Json], measure: str) -> List[str]:
    size = f"{measure}_bytes"
    cells = [[bytes_text(row["own"][size]), bytes_text(row["with_callees"][size]), row["module"]] for row in rows]
    return columns(["own", "with callees", "module"], cells, RIGHT * 2 + LEFT) if cells else []


def _leaks(rows: Sequence[Json]) -> List[str]:
    cells = [
        [
            bytes_text(row["bytes"]),
            count_text(row["allocations"]),
            share_text(round(1e6 * row["kept_share"]), 1_000_000),
            _spark(row["growth_bytes"]),
            place_text(row["file"], row["line"], row["function"]),
        ]
        for row in rows
    ]
    return columns(["unfreed", "blocks", "kept", "growth", "where"], cells, RIGHT * 3 + LEFT * 2) if cells else []


def _spark(values: Sequence[int]) -> str:
    most = max([*values, 1])
    return "".join("▁▂▃▄▅▆▇█"[7 * value // most] if value else " " for value in values)
