"""The same script under memray: the same bytes on the same lines and stacks, and every difference explained.

memray learns the stack from a profile function, which changes what the interpreter allocates; AllocLens has none. The
rows of functions are compared. Lines of the module itself differ because memray runs scripts through runpy, with other
modules loaded and in a larger namespace.

Mappings are left out but in a test of their own: what needs memory when an arena of objects, or from 3.11 on a chunk of
frames, is full has the next one mapped, wherever that is. memray's launcher lies eight frames deep below the script.
"""

import json
import re
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import interpreters
import pytest
from interpreters import Interpreter
from running import LAUNCHER, PACKAGE_FOLDER, PROGRAMS, environment, tracked

PROGRAM = PROGRAMS / "agreement.py"
CAPTURE = "capture.alloclens"
HELPERS = Path(__file__).parent / "helpers"

Place = tuple[int, str]
#: Of the program, outermost first.
Stack = tuple[Place, ...]
Figures = tuple[int, int]
Paths = dict[Stack, Figures]


def output(words: list[str | Path], folder: Path) -> str:
    env = environment(PYTHONPATH=str(PACKAGE_FOLDER))
    answer = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=True)
    return answer.stdout


def paths_in(text: str) -> Paths:
    return {tuple((line, name) for line, name in path): (size, count) for path, size, count in json.loads(text)}


def of_memray(interpreter: Interpreter, folder: Path, detail: str, *, mapped: bool = False) -> Paths:
    options = ["--trace-python-allocators"] if detail == "objects" else []
    output([interpreter.python, "-m", "memray", "run", "-q", *options, "-o", "memray.bin", PROGRAM], folder)
    return read(interpreter, folder, "memray_paths.py", "memray.bin", mapped)


def of_ours(interpreter: Interpreter, folder: Path, detail: str, *, mapped: bool = False) -> Paths:
    assert tracked(interpreter, [PROGRAM], folder, options=["--detail", detail]).returncode == 0
    return read(interpreter, folder, "own_paths.py", "capture.alloclens", mapped)


def read(interpreter: Interpreter, folder: Path, helper: str, capture: str, mapped: bool) -> Paths:
    kind = "mapped" if mapped else "allocated"
    return paths_in(output([interpreter.python, HELPERS / helper, capture, PROGRAM, kind], folder))


def comparable(memray: Paths, ours: Paths) -> tuple[Paths, Paths]:
    """Without the module's own lines. Before 3.11 memray does not know the line of some functions and gives 0: those
    functions are compared as a whole."""
    unplaced = {name for path in memray for line, name in path if line == 0}

    def merged(paths: Paths) -> Paths:
        sums: dict[Stack, list[int]] = defaultdict(lambda: [0, 0])
        for path, (size, count) in paths.items():
            if path[-1][1] not in ("<module>", "Point", "Slotted"):  # class bodies run once, as the module does
                row = sums[tuple((0 if name in unplaced else line, name) for line, name in path)]
                row[0] += size
                row[1] += count
        return {path: (size, count) for path, (size, count) in sums.items()}

    return merged(memray), merged(ours)


def by_line(paths: Paths) -> Paths:
    sums: dict[Stack, Figures] = {}
    for path, (size, count) in paths.items():
        before = sums.get(path[-1:], (0, 0))
        sums[path[-1:]] = (before[0] + size, before[1] + count)
    return sums


@pytest.fixture
def with_memray(interpreter: Interpreter) -> Interpreter:
    if interpreter.packages["memray"] is None:
        pytest.skip(f"memray has no wheel for Python {interpreter.version}")
    return interpreter


def test_system_detail_agrees_to_the_byte_but_for_arenas(with_memray: Interpreter, tmp_path: Path) -> None:
    memray, ours = comparable(of_memray(with_memray, tmp_path, "system"), of_ours(with_memray, tmp_path, "system"))
    assert sum(size for size, _ in memray.values()) > 20_000_000

    def differences(memray: Paths, ours: Paths) -> dict[Stack, object]:
        wrong: dict[Stack, object] = {}
        for path in memray.keys() | ours.keys():
            size, count = (mine - theirs for mine, theirs in zip(ours.get(path, (0, 0)), memray.get(path, (0, 0))))
            if size < 0 and count < 0 and -size < 600 * -count and -count <= 3:
                continue  # a frame object of the profile hook that is too large for pymalloc
            # pymalloc's list of arenas grows now and then, by realloc, on a line that needed one: 48 bytes an arena.
            listed = abs(size) in (48 * 16 << doubling for doubling in range(6)) and abs(count) in (0, 1)
            # From 3.10 on it keeps a map of addresses too, and needs another leaf of 2,048 bytes where an arena lies
            # in 256 MiB that had none: the kernel chooses (Objects/obmalloc.c: arena_map_bot_t).
            mapped = with_memray.info >= (3, 10) and (abs(size), abs(count)) == (2_048, 1)
            if (size, count) != (0, 0) and not listed and not mapped:
                wrong[path] = (memray.get(path), ours.get(path))
        return wrong

    assert differences(by_line(memray), by_line(ours)) == {}
    assert differences(memray, ours) == {}


def test_objects_detail_agrees_but_for_the_profile_hooks_own_objects(with_memray: Interpreter, tmp_path: Path) -> None:
    memray, ours = comparable(of_memray(with_memray, tmp_path, "objects"), of_ours(with_memray, tmp_path, "objects"))
    counted = json.loads(output([with_memray.python, HELPERS / "count_calls.py", PROGRAM], tmp_path))
    calls = {(line, name): count for line, name, count in counted}

    def differences(memray: Paths, ours: Paths) -> dict[Stack, object]:
        wrong: dict[Stack, object] = {}
        for path in memray.keys() | ours.keys():
            size = memray.get(path, (0, 0))[0] - ours.get(path, (0, 0))[0]
            # For each call the hook makes the interpreter create a frame object (from 3.11 on) and bound methods (one
            # before the call and one after it), and it may do so on the line of the call or in the function called.
            line, name = path[-1]
            called = sum(n for (at, of), n in calls.items() if of == name and line in (0, at))
            hooked = called + (1_000 if name in ("__init__", "moved", "recursion") else 0) * 3
            # Free lists hold other objects when the hook has run in between: a tuple or an int more or less is
            # allocated.
            free_lists = 0.03 * max(ours.get(path, (0, 0))[0], memray.get(path, (0, 0))[0]) + 4_000
            if not -free_lists <= size <= 450 * hooked + free_lists:
                wrong[path] = {"memray": memray.get(path), "ours": ours.get(path), "calls": called}
        return wrong

    assert differences(by_line(memray), by_line(ours)) == {}
    assert differences(memray, ours) == {}
    # The hook apart, the bytes are the same: lines without calls are compared above within their free lists alone.
    assert sum(size for size, _ in ours.values()) <= sum(size for size, _ in memray.values())


def test_chunks_of_frames_are_mapped_as_many_frames_deeper_as_memrays_launcher_has_below(
    with_memray: Interpreter, tmp_path: Path
) -> None:
    if with_memray.info < (3, 11):
        pytest.skip("before 3.11 each frame is an object of its own")
    if with_memray.info == (3, 15):
        pytest.skip("memray 1.20 sees no mapping of this interpreter's")
    sides = [of(with_memray, tmp_path, "objects", mapped=True) for of in (of_memray, of_ours)]
    [theirs], [ours] = ([row for row in side.items() if row[0][-1][1] == "recursion"] for side in sides)
    assert theirs[1] == ours[1]
    assert ours[1][0] % (16 << 10) == 0
    assert len(ours[0]) == len(theirs[0]) + 8


def memray_stats(interpreter: Interpreter, folder: Path) -> dict[str, Any]:
    options = ["--trace-python-allocators"]
    output([interpreter.python, "-m", "memray", "run", "-q", *options, "-o", "memray.bin", PROGRAM], folder)
    output(
        [interpreter.python, "-m", "memray", "stats", "--json", "-n", "30", "-o", "stats.json", "memray.bin"], folder
    )
    answer: dict[str, Any] = json.loads((folder / "stats.json").read_text())
    return answer


def test_stats_tell_what_memrays_tell(tmp_path: Path) -> None:
    interpreter = interpreters.get("3.11")
    if interpreter is None or interpreter.packages["memray"] is None:
        pytest.skip("this machine has no Python 3.11 with memray")
    theirs = memray_stats(interpreter, tmp_path)
    assert tracked(interpreter, [PROGRAM], tmp_path).returncode == 0
    words: list[str | Path] = [
        interpreter.python,
        LAUNCHER,
        "stats",
        "--json",
        "--total",
        "-n",
        "30",
        "capture.alloclens",
    ]
    ours = json.loads(output(words, tmp_path))
    # The hook's own objects are in memray's figures; modules that the program imports are in ours alone, since memray
    # itself has imported most of them before.
    assert theirs["total_num_allocations"] == pytest.approx(ours["total_allocations"], rel=0.1)
    assert theirs["total_bytes_allocated"] == pytest.approx(ours["total_bytes"], rel=0.05)
    places = {
        row["location"]: row["size"] for row in theirs["top_allocations_by_size"] if str(PROGRAM) in row["location"]
    }
    mine = {
        f"{row['function'].rpartition('.')[2]}:{row['file']}:{row['line']}": row["total_bytes"]
        for row in ours["top_by_size"]
        if row["function"]
    }
    assert list(places)[:3] == list(mine)[:3]
    for place, size in list(places.items())[:3]:
        assert mine[place] == pytest.approx(size, rel=0.001)
    largest = max(row["max_bytes"] for row in theirs["allocation_size_histogram"] if row["count"])
    assert max(row["from_bytes"] for row in ours["sizes"]) <= largest
    assert sum(row["total_allocations"] for row in ours["sizes"]) == ours["total_allocations"]


def assert_tables_agree(interpreter: Interpreter, folder: Path) -> None:
    """The rows of the program that memray's table has and ours, line by line, as far as a megabyte tells them apart."""
    output([interpreter.python, "-m", "memray", "table", "--no-web", "-o", "table.html", "memray.bin"], folder)
    found = re.search(r"packed_data = (\[.*?\]);?\n", (folder / "table.html").read_text(), re.DOTALL)
    assert found
    theirs: dict[str, int] = defaultdict(int)
    for row in json.loads(found[1]):
        if str(PROGRAM) in row["stack_trace"]:
            theirs[row["stack_trace"].rpartition(":")[2]] += row["size"]
    table = output([interpreter.python, LAUNCHER, "table", "--rows", "500", "--filter", PROGRAM.name, CAPTURE], folder)
    ours: dict[str, float] = defaultdict(float)
    for size, line in re.findall(r"^ *([\d.]+)\sMB .*:(\d+)$", table, re.MULTILINE):
        ours[line] += float(size)
    large = {line for line, size in theirs.items() if size >= 1_000_000}
    assert len(large) >= 3
    assert large <= ours.keys()
    for line in large:
        assert ours[line] == pytest.approx(theirs[line] / 1e6, abs=0.06 + 0.003 * ours[line])


def test_the_table_at_the_peak_tells_what_memrays_high_water_mark_does(tmp_path: Path) -> None:
    interpreter = interpreters.get("3.11")
    if interpreter is None or interpreter.packages["memray"] is None:
        pytest.skip("this machine has no Python 3.11 with memray")
    theirs = memray_stats(interpreter, tmp_path)
    assert tracked(interpreter, [PROGRAM], tmp_path).returncode == 0
    capture: list[str | Path] = ["capture.alloclens"]
    table = output([interpreter.python, LAUNCHER, "table", *capture], tmp_path).splitlines()
    assert [line.split()[-1].rpartition(":")[2] for line in table[3:6]] == [
        "68",
        "66",
        "67",
    ]  # where `buffers` holds it
    assert_tables_agree(interpreter, tmp_path)
    tree = output([interpreter.python, LAUNCHER, "tree", "--hide-imports", *capture], tmp_path)
    words = re.match(r"(\S+)\sMB at the peak, without", tree)
    assert words
    # Without what importing json took, which memray had done before.
    assert float(words[1]) == pytest.approx(theirs["metadata"]["peak_memory"] / 1e6, rel=0.1)
