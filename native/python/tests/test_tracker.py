"""`alloclens.Tracker` and `alloclens.region`: exactly what happens inside is recorded, and the program is unharmed."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from interpreters import ITSELF, SUPPORTED, Interpreter, get
from running import LAUNCHER, PACKAGE_FOLDER, environment, rows, run, summary, tracked

BYTES_HEADER = 33
BEGINNING = "import alloclens, os, sys\nfrom alloclens import Tracker, region\n"


def run_script(interpreter: Interpreter, folder: Path, script: str, *, status: int = 0, **more: str) -> str:
    (folder / "script.py").write_text(BEGINNING + script)
    result = run([interpreter.python, "script.py"], folder, env=environment(PYTHONPATH=str(PACKAGE_FOLDER), **more))
    assert result.returncode == status, result.stderr.decode()
    return (result.stdout if status == 0 else result.stderr).decode()


def own_bytes(interpreter: Interpreter, capture: Path, function: str, measure: str = "total") -> int:
    found = [row for row in rows(interpreter, capture) if (row["function"] or "").split(".")[-1] == function]
    return sum(row[f"{measure}_bytes"] for row in found)


def finished(interpreter: Interpreter, capture: Path) -> dict[str, Any]:
    totals = summary(interpreter, capture)
    assert totals["complete"]
    assert totals["notes"] == []
    return totals


def finished_with_notes(interpreter: Interpreter, capture: Path) -> dict[str, Any]:
    totals = summary(interpreter, capture)
    assert totals["complete"]
    return totals


GRAB = """
def before(): return b'a' * 1_000_000
def inside(): return b'b' * 2_000_000
def after(): return b'c' * 3_000_000
"""


@pytest.mark.parametrize(
    "use",
    [
        "with Tracker('c.alloclens'):\n  inside()",
        "t = Tracker('c.alloclens')\nt.start()\nassert t.recording\ninside()\nassert t.stop() == t.path",
        "Tracker('c.alloclens')(inside)()",
        "import asyncio\nasync def main():\n  async with Tracker('c.alloclens'):\n    inside()\nasyncio.run(main())",
        "import asyncio\n@Tracker('c.alloclens')\nasync def main():\n  inside()\nasyncio.run(main())",
        "@Tracker('c.alloclens')\ndef steps():\n  yield inside()\nlist(steps())",
        "try:\n  with Tracker('c.alloclens'):\n    inside()\n    1 / 0\nexcept ZeroDivisionError: pass",
        "def steps():\n  yield inside()\n  yield after()\ng = steps()\n"
        "with Tracker('c.alloclens'):\n  next(g)\nnext(g)",
    ],
    ids=["with", "start and stop", "decorator", "async with", "coroutine", "generator", "an error inside", "outlived"],
)
def test_exactly_what_happens_inside_is_recorded(interpreter: Interpreter, tmp_path: Path, use: str) -> None:
    run_script(interpreter, tmp_path, f"{GRAB}before()\n{use}\nafter()\n")
    capture = tmp_path / "c.alloclens"
    finished(interpreter, capture)
    figures = [own_bytes(interpreter, capture, name) for name in ("before", "inside", "after")]
    assert figures == [0, 2_000_000 + BYTES_HEADER, 0]


def test_only_the_current_thread_is_recorded_when_asked(interpreter: Interpreter, tmp_path: Path) -> None:
    script = """
import threading
kept = []
def other(): kept.append(b'x' * 5_000_000)
def mine(): return b'y' * 1_000_000
def in_thread(f):
    t = threading.Thread(target=f); t.start(); t.join()
with Tracker('c.alloclens', current_thread_only=True):
    in_thread(other)
    given_away = [mine()]
    in_thread(given_away.clear)
"""
    run_script(interpreter, tmp_path, script)
    capture = tmp_path / "c.alloclens"
    assert own_bytes(interpreter, capture, "other") == 0
    assert own_bytes(interpreter, capture, "mine") == 1_000_000 + BYTES_HEADER
    assert own_bytes(interpreter, capture, "mine", "unfreed") == 0


def test_a_second_recording_is_refused_with_a_sentence(interpreter: Interpreter, tmp_path: Path) -> None:
    script = """
with Tracker('one.alloclens'):
    try:
        Tracker('two.alloclens').start()
    except alloclens.TrackingError as error:
        print(error)
print(os.path.exists('two.alloclens'))
"""
    said, exists, _ = run_script(interpreter, tmp_path, script).split("\n")
    assert said.startswith(f"This process is being recorded already to {tmp_path / 'one.alloclens'}. ")
    assert "alloclens.region" in said
    assert exists == "False"
    finished(interpreter, tmp_path / "one.alloclens")


def test_a_capture_is_overwritten_only_when_asked(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "c.alloclens").write_text("precious")
    said = run_script(interpreter, tmp_path, "Tracker('c.alloclens').start()", status=1)
    assert said.splitlines()[-1].endswith("c.alloclens already exists: choose another name, or give overwrite=True.")
    assert (tmp_path / "c.alloclens").read_text() == "precious"
    run_script(interpreter, tmp_path, "with Tracker('c.alloclens', overwrite=True): pass")
    finished(interpreter, tmp_path / "c.alloclens")


def test_an_aggregate_of_a_part_is_kept_when_asked(interpreter: Interpreter, tmp_path: Path) -> None:
    script = "before()\nwith Tracker('c.alloclens', aggregate=True):\n  with region('r'): inside()\nafter()"
    run_script(interpreter, tmp_path, GRAB + script)
    capture = tmp_path / "c.alloclens"
    assert finished(interpreter, capture)["aggregate"]
    figures = [own_bytes(interpreter, capture, name) for name in ("before", "inside", "after")]
    assert figures == [0, 2_000_000 + BYTES_HEADER, 0]


def test_what_passes_the_memory_limit_of_a_part_raises_or_ends_the_program(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    raising = """
held = before()
with Tracker('c.alloclens', memory_limit='2.5 MB', memory_limit_action='raise'):
    inside()
    try: after()
    except MemoryError: print('refused')
print(len(after()))
"""
    assert run_script(interpreter, tmp_path, GRAB + raising) == "refused\n3000000\n"
    limit = finished_with_notes(interpreter, tmp_path / "c.alloclens")["memory_limit"]
    assert (limit["bytes"], limit["action"], limit["refused"]) == (2_500_000, "raise", 1)
    killing = "with Tracker('k.alloclens', memory_limit=2_500_000): after()\nprint('not reached')"
    said = run_script(interpreter, tmp_path, GRAB + killing, status=-9)
    assert said.startswith("alloclens: The memory limit of 2.5 MB was passed: after at ")
    reached = finished_with_notes(interpreter, tmp_path / "k.alloclens")["memory_limit"]["reached"]
    assert reached["stack"][0]["function"] == "after"


def test_children_of_a_part_are_recorded_as_it_is(interpreter: Interpreter, tmp_path: Path) -> None:
    script = """
import subprocess
with Tracker('c.alloclens', follow_children=True, aggregate=True, memory_limit='20MB', memory_interval_ms=5):
    subprocess.run([sys.executable, '-c', 'x = bytes(30_000_000)'], stderr=subprocess.DEVNULL)
    if os.fork() == 0:
        inside()
        os._exit(0)
    os.wait()
"""
    run_script(interpreter, tmp_path, GRAB + script)
    [started, forked] = finished(interpreter, tmp_path / "c.alloclens")["children"]
    of_started = finished_with_notes(interpreter, tmp_path / started["capture"])
    assert of_started["aggregate"]
    assert of_started["memory_limit"]["reached"]["size_bytes"] == 30_000_000 + BYTES_HEADER
    assert finished(interpreter, tmp_path / forked["capture"])["aggregate"]
    assert own_bytes(interpreter, tmp_path / forked["capture"], "inside") == 2_000_000 + BYTES_HEADER


def test_each_recording_may_have_a_number(interpreter: Interpreter, tmp_path: Path) -> None:
    run_script(
        interpreter, tmp_path, GRAB + "t = Tracker('part-{n}.alloclens')\nfor _ in range(3):\n  with t: inside()"
    )
    assert sorted(path.name for path in tmp_path.glob("part-*")) == [f"part-{n}.alloclens" for n in (1, 2, 3)]


def test_a_recording_that_is_never_left_ends_with_the_program(interpreter: Interpreter, tmp_path: Path) -> None:
    run_script(interpreter, tmp_path, GRAB + "Tracker('c.alloclens').start()\nkept = inside()\nsys.exit(0)")
    assert finished(interpreter, tmp_path / "c.alloclens")["unfreed_bytes"] >= 2_000_000


def test_a_fork_inside_leaves_the_capture_to_the_parent(interpreter: Interpreter, tmp_path: Path) -> None:
    script = """
with Tracker('c.alloclens'):
    child = os.fork()
    inside()
if child == 0:
    with Tracker('child.alloclens'):
        after()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""
    run_script(interpreter, tmp_path, GRAB + script)
    finished(interpreter, tmp_path / "c.alloclens")
    assert own_bytes(interpreter, tmp_path / "c.alloclens", "inside") == 2_000_000 + BYTES_HEADER
    assert own_bytes(interpreter, tmp_path / "child.alloclens", "after") == 3_000_000 + BYTES_HEADER


def test_wrong_options_are_refused_when_the_tracker_is_made(interpreter: Interpreter, tmp_path: Path) -> None:
    script = """
wrong = (
    dict(detail='all'), dict(memory_interval_ms=0), dict(memory_limit='much'), dict(memory_limit_action='ask'),
    dict(native='yes'), dict(memory_interval_ms='abc'), dict(path=''), dict(path=3),
    dict(path='a\\0b'), dict(memory_limit=1.5),
)
for options in wrong:
    try: Tracker(**{'path': 'c.alloclens', **options})
    except ValueError as error: print(error)
for path in ('.', 'absent/c.alloclens'):
    try: Tracker(path).start()
    except alloclens.TrackingError as error: print(error)
for wrong in (lambda: region(3), lambda: region('index')(dict), lambda: Tracker('c.alloclens')(dict)):
    try: wrong()
    except TypeError as error: print(error)
with Tracker(b'bytes.alloclens') as tracker: print(os.path.basename(tracker.path))
"""
    said = run_script(interpreter, tmp_path, script).splitlines()
    assert said[0] == "detail is 'objects' or 'system', not 'all'."
    assert said[1].startswith("memory_interval_ms is a number of milliseconds")
    assert said[2].startswith("'much' is no amount of memory")
    assert said[3] == "memory_limit_action is 'kill' or 'raise', not 'ask'."
    assert said[4] == "native is True or False, not 'yes'."
    assert said[5] == "memory_interval_ms is a number of milliseconds from 1 on, not 'abc'."
    assert said[6] == "path is that of the capture's file, such as 'part.alloclens', not ''."
    assert said[7].endswith("not 3.")
    assert said[8].endswith("not 'a\\x00b'.")
    assert said[9] == "memory_limit is a number of bytes or text such as '500MB', not 1.5."
    assert said[10] == f"{tmp_path} is a folder: name a file in it."
    assert said[11].endswith("cannot be created: No such file or directory. Give another path.")
    assert said[12] == "A region has a name, as in region('index'), not 3."
    assert said[13].startswith("A region can't decorate a class: ")
    assert said[14].startswith("A tracker can't decorate a class: ")
    assert said[15:] == ["bytes.alloclens"]


INTERLEAVED = """
import asyncio, threading
def grab(n): return b'x' * n
async def job(name, size, rounds):
    with region(name):
        for _ in range(rounds):
            grab(size)
            await asyncio.sleep(0)
        await asyncio.get_running_loop().run_in_executor(None, grab, 700_000)  # its thread is in no region
class Decorated:
    async def __call__(self): grab(900_000)
decorated = region('decorated')(Decorated())
async def main():
    await asyncio.gather(*(job(f'job {n}', 10_000 * (n + 1), n + 2) for n in range(3)))
def recorded():
    with region('outer'):
        asyncio.run(main())
        asyncio.run(decorated())
        t = threading.Thread(target=grab, args=(800_000,)); t.start(); t.join()
    grab(600_000)
"""


def regions_of(interpreter: Interpreter, capture: Path) -> dict[str, int]:
    """Name → bytes that `grab` allocated."""
    script = (
        "import json, sys, alloclens; c = alloclens.Capture(sys.argv[1])\n"
        "names = {r['name'] for r in c.query('regions')['regions']}\n"
        "grab = lambda **s: sum(r['total_bytes'] for r in c.query('lines', **s)['rows'] if r['function'] == 'grab')\n"
        "print(json.dumps({**{n: grab(scope={'regions': [n]}) for n in names}, '': grab()}))"
    )
    words: list[str | bytes | Path] = [interpreter.python, "-c", script, capture]
    result = run(words, capture.parent, env=environment(PYTHONPATH=str(PACKAGE_FOLDER)))
    assert result.returncode == 0, result.stderr.decode()
    answer: dict[str, int] = json.loads(result.stdout)
    return answer


def test_regions_follow_tasks_that_interleave(interpreter: Interpreter, tmp_path: Path) -> None:
    run_script(interpreter, tmp_path, INTERLEAVED + "with Tracker('c.alloclens'): recorded()")
    jobs = {f"job {n}": (n + 2) * (10_000 * (n + 1) + BYTES_HEADER) for n in range(3)}
    inside = sum(jobs.values()) + 900_000 + BYTES_HEADER
    assert regions_of(interpreter, tmp_path / "c.alloclens") == {
        **jobs,
        "decorated": 900_000 + BYTES_HEADER,
        "outer": inside,
        "": inside + sum(size + BYTES_HEADER for size in (700_000,) * 3 + (800_000, 600_000)),
    }


SHARED = """
import asyncio, threading
R = region('shared')
def grab(n): return b'x' * n
turns = [threading.Event() for _ in range(3)]
def first():
    with R:
        turns[0].set(); turns[1].wait()
        grab(10_000)
    turns[2].set()
    grab(1_000_000)  # outside
def second():
    turns[0].wait()
    with R:
        with R: grab(20_000)
        turns[1].set(); turns[2].wait()
        grab(30_000)
    grab(1_000_000)
async def task(rounds):
    with R:
        for _ in range(rounds):
            await asyncio.sleep(0)
        grab(40_000)
    grab(1_000_000)
    return R.name
async def main():
    await asyncio.gather(task(1), task(3), task(2))
threads = [threading.Thread(target=target) for target in (first, second)]
with Tracker('c.alloclens'):
    asyncio.run(main())
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    grab(1_000_000)
"""


def test_a_region_object_may_be_shared_by_tasks_and_threads(tmp_path: Path) -> None:
    newest = next(python for version in reversed(SUPPORTED) if (python := get(version)))
    run_script(newest, tmp_path, SHARED)
    sizes = (10_000, 20_000, 30_000, *(40_000,) * 3)
    grabbed = regions_of(newest, tmp_path / "c.alloclens")
    assert grabbed["shared"] == sum(size + BYTES_HEADER for size in sizes)
    assert grabbed[""] - grabbed["shared"] == 6 * (1_000_000 + BYTES_HEADER)


def test_regions_are_recorded_in_a_run_of_the_launcher_too(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(BEGINNING + INTERLEAVED + "recorded()")
    env = environment(PYTHONPATH=str(PACKAGE_FOLDER))
    assert tracked(interpreter, ["script.py"], tmp_path, env=env).returncode == 0
    assert regions_of(interpreter, tmp_path / "capture.alloclens")["job 1"] == 3 * (20_000 + BYTES_HEADER)


def test_the_program_outside_of_a_recording_is_that_without_us(interpreter: Interpreter, tmp_path: Path) -> None:
    script = "with region('a'):\n  with region('b'): print('done')\n"
    assert run_script(interpreter, tmp_path, script) == "done\n"
    assert list(tmp_path.glob("*.alloclens")) == []


# tracemalloc.stop() puts back what was there before tracemalloc, and so before the tracker. Then once more, without.
TAKEN_AWAY = """
import tracemalloc
import alloclens
tracemalloc.start()
with alloclens.Tracker("a.alloclens"):
    blocks = [object() for _ in range(10_000)]
    tracemalloc.stop()
    del blocks
with alloclens.Tracker("b.alloclens"):
    tracemalloc.start()
    blocks = [object() for _ in range(10_000)]
    del blocks
"""


def test_allocators_that_are_taken_away_below_the_tracker_are_told_and_hooked_again(tmp_path: Path) -> None:
    result = run([ITSELF.python, "-c", TAKEN_AWAY], tmp_path, env=environment(PYTHONPATH=str(PACKAGE_FOLDER)))
    assert (result.returncode, result.stderr) == (0, b"")
    note, *_ = summary(ITSELF, tmp_path / "a.alloclens")["notes"]
    assert note.startswith("Another tool put back the allocators that Python had before AllocLens hooked them")
    told = summary(ITSELF, tmp_path / "b.alloclens")
    assert not [note for note in told["notes"] if note.startswith("Another tool")]
    assert told["total_bytes"] >= 160_000
    assert told["unfreed_bytes"] < 100_000


def test_a_program_that_another_installation_records_has_its_own_regions(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    shutil.copytree(PACKAGE_FOLDER / "alloclens", tmp_path / "site" / "alloclens")
    script = (
        BEGINNING
        + """
def load(): return bytes(50_000)
with region("load"): kept = load()
try: Tracker("second.alloclens").start()
except alloclens.TrackingError as error: print(error)
print(alloclens.__file__)
"""
    )
    (tmp_path / "script.py").write_text(script)
    env = environment(PYTHONPATH=str(tmp_path / "site"))
    result = tracked(interpreter, ["script.py"], tmp_path, env=env)
    refused, package = result.stdout.decode().splitlines()
    assert refused.startswith("This process is being recorded already, ")
    assert package == str(tmp_path / "site" / "alloclens" / "__init__.py")
    lines = run(
        [interpreter.python, LAUNCHER, "lines", "--json", "--region", "load", "capture.alloclens"], tmp_path
    ).stdout
    [of_load] = [row["total_bytes"] for row in json.loads(lines)["rows"] if row["function"] == "load"]
    assert 0 <= of_load - 50_000 - BYTES_HEADER < 100  # older versions keep a frame of it
