"""Native stacks: the exact frames of C++ and Python code that call each other, and the same as memray sees them."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from interpreters import ITSELF, Interpreter
from running import LAUNCHER, PROGRAMS, Words, environment, run, tracked

PROGRAM = PROGRAMS / "mixed.py"
SOURCE = PROGRAMS.parent / "native" / "mixed.cpp"
HELPERS = Path(__file__).parent / "helpers"

SCRIPT = ["<module>"]
TAKE = ["take", "take_things", "void* shop::Shelf::take<short>(unsigned long)", "shop::Shelf::fill(unsigned long)"]
CALLS = {
    # By bytes; the frames of the program and its library, outermost first.
    60_000: [*SCRIPT, *TAKE],
    100_000: [*SCRIPT, "outer", "call_back", "middle", "inner", *TAKE],
    140_000: [*SCRIPT, "generate", *TAKE],
    180_000: [*SCRIPT, *["recurse"] * 6, *TAKE],
    220_000: [*SCRIPT, "<lambda>", *TAKE],
    260_000: TAKE,
    300_000: ["work", *TAKE[1:]],
}
TWICE = [*SCRIPT, "twice", "call_back", "outer", "call_back", "middle", "inner", *TAKE]

Node = dict[str, Any]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("native") / "mixed.so"
    subprocess.run(["c++", "-O2", "-g", "-shared", "-fPIC", SOURCE, "-o", built], check=True)
    return built


def tree(interpreter: Interpreter, capture: Path, /, **fields: Any) -> Node:
    code = (
        "import json, sys; from alloclens.capture import Capture; fields = json.loads(sys.argv[2]);"
        "json.dump(Capture(sys.argv[1]).query('tree', measure='total', max_nodes=1_000_000, **fields), sys.stdout)"
    )
    env = environment(PYTHONPATH=str(LAUNCHER.parents[1]))
    result = run([interpreter.python, "-c", code, capture, json.dumps(fields)], capture.parent, env=env)
    assert result.returncode == 0, result.stderr.decode()
    root: Node = json.loads(result.stdout)["root"]
    return root


def paths(node: Node, above: tuple[Node, ...] = ()) -> list[tuple[Node, ...]]:
    """Of each frame that asked for memory itself: all frames from the outermost on."""
    found = [above] if above and node["own_bytes"] else []
    for child in node["children"]:
        found += paths(child, (*above, child))
    return found


def of_fill(root: Node) -> list[tuple[Node, ...]]:
    return [path for path in paths(root) if path[-1]["name"].startswith("shop::Shelf::fill")]


def names(path: tuple[Node, ...], *files: Path) -> list[str]:
    """Of the frames in these files; the terminal part of a qualified name, as code objects had before 3.11."""
    short = [(node["name"].rpartition(".")[2], node["file"]) for node in path]
    return [name for name, file in short if file in [str(file) for file in files]]


def record(interpreter: Interpreter, library: Path, folder: Path, *options: str) -> Path:
    words = [PROGRAM, library]
    result = tracked(interpreter, words, folder, options=["--native", "--detail", "system", *options])
    assert result.returncode == 0, result.stderr.decode()
    return folder / "capture.alloclens"


def test_frames_of_python_and_native_code_stand_in_the_order_of_their_calls(
    interpreter: Interpreter, library: Path, tmp_path: Path
) -> None:
    root = tree(interpreter, record(interpreter, library, tmp_path))
    seen = {(path[-1]["own_bytes"], tuple(names(path, PROGRAM, SOURCE))) for path in of_fill(root)}
    assert seen == {(size, tuple(frames)) for size, frames in [*CALLS.items(), (100_000, TWICE)]}
    innermost = of_fill(root)[0]
    lines = [(node["line"], node["first_line"], node["origin"]) for node in innermost[-3:]]
    marks = ("take<short>(count", "fill(count", "malloc(")
    text = SOURCE.read_text().splitlines()
    expected = [next(number for number, line in enumerate(text, 1) if mark in line) for mark in marks]
    assert [at for at, _, _ in lines] == expected
    assert {origin for _, _, origin in lines} == {"native"}


def test_tables_have_rows_of_native_functions_when_asked_for(
    interpreter: Interpreter, library: Path, tmp_path: Path
) -> None:
    capture = record(interpreter, library, tmp_path)
    plain, native = (
        json.loads(run([interpreter.python, LAUNCHER, "lines", "--json", *more, capture], tmp_path).stdout)["rows"]
        for more in ([], ["--native"])
    )
    assert not any(row["function"] and row["origin"] == "native" for row in plain)
    total = sum(size for size in CALLS) + 100_000
    [fill] = [row for row in native if (row["function"] or "").startswith("shop::Shelf::fill")]
    assert (fill["file"], fill["total_bytes"], fill["yours"]["total_bytes"]) == (str(SOURCE), total, 0)
    inlined = [row for row in native if "take<short>" in (row["function"] or "")]
    assert [row["with_callees"]["total_bytes"] for row in inlined] == [total]
    assert sum(row["total_bytes"] for row in native) == sum(row["total_bytes"] for row in plain)
    table = run([interpreter.python, LAUNCHER, "table", "--native", "--total", "--filter", "shop::", capture], tmp_path)
    assert f"{SOURCE}:{fill['line']}" in table.stdout.decode()
    stats = json.loads(
        run(
            [interpreter.python, LAUNCHER, "stats", "--native", "--json", "--total", "-n", "50", capture], tmp_path
        ).stdout
    )
    assert fill["function"] in [row["function"] for row in stats["top_by_size"]]


def is_part(few: list[str], many: list[str]) -> bool:
    rest = iter(many)
    return all(name in rest for name in few)


def test_frames_of_the_interpreter_are_shown_when_asked_for(
    interpreter: Interpreter, library: Path, tmp_path: Path
) -> None:
    capture = record(interpreter, library, tmp_path)
    few_frames, all_frames = (of_fill(tree(interpreter, capture, interpreter=whole)) for whole in (False, True))
    assert len(few_frames) == len(all_frames) == len(CALLS) + 1
    for few in few_frames:
        assert any(is_part([node["name"] for node in few], [node["name"] for node in many]) for many in all_frames)
    interpreter_names = {node["name"] for path in all_frames for node in path}
    assert any(name.startswith("PyObject_CallObject") or "Py" in name for name in interpreter_names)
    assert not any(name.startswith("_PyEval_EvalFrameDefault") for name in interpreter_names)
    assert not any("PyObject" in node["name"] for path in few_frames for node in path)


def test_without_native_frames_a_tree_is_as_that_of_a_plain_capture(
    interpreter: Interpreter, library: Path, tmp_path: Path
) -> None:
    capture = record(interpreter, library, tmp_path)
    python = paths(tree(interpreter, capture, hide=["native"]))
    assert not any(node["origin"] == "native" for path in python for node in path)
    own = {tuple(names(path, PROGRAM)): path[-1]["own_bytes"] for path in python if path[-1]["name"] == "take"}
    native = {*TAKE[1:], "call_back", "work"}
    expected = {tuple(name for name in frames if name not in native) for frames in [*CALLS.values(), TWICE]}
    assert set(own) == expected - {()}
    assert sum(own.values()) >= sum(CALLS) + 100_000 - 300_000


def test_the_frames_are_those_that_memray_sees(interpreter: Interpreter, library: Path, tmp_path: Path) -> None:
    if interpreter.packages["memray"] is None:
        pytest.skip(f"memray has no wheel for Python {interpreter.version}")
    words: Words = [interpreter.python, "-m", "memray", "run", "-q", "--native", "-o", "memray.bin", PROGRAM, library]
    assert run(words, tmp_path).returncode == 0
    answer = run([interpreter.python, HELPERS / "memray_stacks.py", "memray.bin", *map(str, CALLS)], tmp_path)
    assert answer.returncode == 0, answer.stderr.decode()
    theirs: dict[str, list[list[str]]] = json.loads(answer.stdout)
    if not any("take_things" in stack for stack in theirs["60000"]):
        pytest.skip("memray records no native frames under this interpreter")
    ours: dict[str, list[list[str]]] = {}
    for path in of_fill(tree(interpreter, record(interpreter, library, tmp_path), interpreter=True)):
        stack = [node["name"].rpartition(".")[2] if node["origin"] != "native" else node["name"] for node in path]
        ours.setdefault(str(path[-1]["own_bytes"]), []).append(stack)
    assert {size: sorted(from_script(stack) for stack in stacks) for size, stacks in ours.items()} == {
        size: sorted(from_script(stack) for stack in stacks) for size, stacks in theirs.items()
    }


# Threads in machine code that no file holds, as a JIT makes it, which allocates all the time.
UNKNOWN_CODE = """
import ctypes, mmap, os, signal, threading
code = bytes.fromhex("53 4154 4155 4889fb 4989f4 4989d5 bf10000000 ffd3 4889c7 41ffd4 41837d0000 74ec 415d 415c 5b c3")
memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
memory.write(code)
libc, ended = ctypes.CDLL(None), ctypes.c_int(0)
address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
work = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(address)
words = [ctypes.cast(function, ctypes.c_void_p) for function in (libc.malloc, libc.free)] + [ctypes.addressof(ended)]
threads = [threading.Thread(target=work, args=words) for _ in range(3)]
for thread in threads: thread.start()
failed = 0
for _ in range(30):
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        ctypes.CDLL("libanl.so.1")
        os._exit(0)
    failed += os.waitpid(child, 0)[1] != 0
    if failed: break
ended.value = 1
for thread in threads: thread.join()
print(failed)
"""


def test_a_forked_child_of_threads_in_unknown_code_loads_libraries(tmp_path: Path) -> None:
    result = tracked(ITSELF, ["-c", UNKNOWN_CODE], tmp_path, options=["--native", "--follow-children"])
    assert (result.returncode, result.stderr, result.stdout) == (0, b"", b"0\n")


# Functions that compilers put into the interpreter's loop: memray shows them behind the Python frame that stands for
# the loop; here they go with it. And what only memray's profile function is called by.
OF_THE_LOOP = {
    *("call_function", "do_call_core", "PyObject_Vectorcall", "_PyObject_Vectorcall", "_PyObject_VectorcallTstate"),
    *("trace_call_function", "call_trampoline", "call_trace"),
}


def from_script(stack: list[str]) -> list[str]:
    """What both have to agree on: not what is older than the script's own code, which differs with the launcher; nor
    which of a function's names is taken. Functions without a name are addresses in one and unknown in the other."""
    begin = len(stack) - stack[::-1].index("<module>") - 1 if "<module>" in stack else 0
    shown = [name for name in stack[begin:] if name not in OF_THE_LOOP]
    return ["?" if name.startswith(("0x", "<unknown")) else name.lstrip("_") for name in shown]
