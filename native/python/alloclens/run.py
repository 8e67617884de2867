"""`run`: records the program's memory while it runs as it would under plain Python."""

import posix
import sys

from alloclens import _alloclens, fields, program
from alloclens.command import USAGE
from alloclens.options import Options, encoded, parse
from alloclens.sentences import Refusal, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def main(words: "list[str]", main_file: str, command_line: "list[bytes] | None", modules_before: "set[str]") -> None:
    """Ends as the program ends. Raises Refusal when the program can't be started."""
    options = parse(words)
    if options.help:
        print(USAGE, end="")
        return
    problem = _alloclens.check()
    if problem:
        raise Refusal(problem)
    program.check(options)
    if not options.quiet:
        _tell_what_does_nothing(options)

    plain = _plain_command_line(command_line, options)
    parent_run_id, _, children_name = options.child_of.partition(":")
    capture = options.output or (_child_name(children_name) if options.child_of else _default_name(options))
    path = capture if capture.startswith("/") else posix.getcwd() + "/" + capture
    if path.endswith("/") or _is_folder(path):
        raise Refusal(f"'{capture}' is a folder. Name the capture's file after -o.")
    if options.kind == "script" and _same_file(path, options.name):
        raise Refusal(f"'{capture}' is the program itself. Name another file after -o.")
    if options.live:
        from alloclens.live import watched

        sys.exit(watched.main(words, plain[: len(plain) - len(options.plain)], main_file, path, options.quiet))
    if options.live_remote:
        _start_server(options, path, main_file)
    import atexit

    call_at_exit = atexit.register
    _forget_launcher(main_file, modules_before)
    run = program.become(options, [word.decode(sys.getfilesystemencoding(), "surrogateescape") for word in plain])
    end = _end(path, main_file, options.quiet)
    pairs = _fields(options, path, main_file)
    if options.follow_children:
        name = children_name or path.rpartition(".alloclens")[0] or path
        pairs += [("parent_run_id", parent_run_id), *fields.of_children(main_file, name, dict(pairs))]
    recording = [encoded(word) for pair in pairs + fields.of_interpreter() for word in pair]
    for word in plain:
        recording += [b"command", word]
    problem = _alloclens.start(recording)
    if problem:
        raise Refusal(problem)
    # Before the program can register its own functions: they are called in reverse, so tracking covers them.
    call_at_exit(end)
    if not options.quiet:
        say(f"Recording to {capture}")
    run()


def _tell_what_does_nothing(options: Options) -> None:
    for name, given in (("--compress-on-exit", options.compress_on_exit), ("--no-compress", options.no_compress)):
        if given:
            say(f"Captures are always compressed: {name} does nothing.")
    if options.buffered:
        say("Captures are written through a mapping of the file alone: --buffered-file-io does nothing.")


def _plain_command_line(command_line: "list[bytes] | None", options: Options) -> "list[bytes]":
    """The words of a plain run: the interpreter with its options, then the program's."""
    interpreter = [encoded(sys.executable)]
    if command_line:
        interpreter = command_line[: len(command_line) - len(sys.argv)]
    return interpreter + [encoded(word) for word in options.plain]


def _is_folder(path: str) -> bool:
    try:
        return posix.stat(path).st_mode & 0o170000 == 0o040000
    except OSError:
        return False


def _same_file(one: str, other: str) -> bool:
    try:
        a, b = posix.stat(one), posix.stat(other)
    except OSError:
        return False
    return (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino)


def _default_name(options: Options) -> str:
    name = options.name
    if options.kind == "code":
        name = "code"
    elif name == "-":
        name = "stdin"
    elif options.kind == "script":
        name = name.rstrip("/").rpartition("/")[2] or "root"
    # A file's name has 255 bytes at most.
    short = encoded(name)[:200].decode(sys.getfilesystemencoding(), "ignore")
    return f"alloclens-{short}.{posix.getpid()}.alloclens"


def _fields(options: Options, path: str, main_file: str) -> "list[tuple[str, str]]":
    """Keys and values, for docs/capture-format.md's metadata and tracker.hpp's options."""
    name = {"code": "-c", "script": "<stdin>" if options.name == "-" else options.name}.get(options.kind, options.name)
    return [
        ("path", path),
        ("overwrite", "1" if options.force else "0"),
        ("native", "1" if options.native else "0"),
        ("sources", "0" if options.no_sources else "1"),
        ("detail", options.detail),
        ("hidden_folder", main_file.rpartition("/")[0]),
        ("sample_interval_ms", options.memory_interval),
        ("aggregate", "1" if options.aggregate else "0"),
        ("memory_limit", options.memory_limit),
        ("memory_limit_action", options.memory_limit_action),
        ("target_kind", options.kind),
        ("target_name", name),
    ]


def _start_server(options: Options, path: str, main_file: str) -> None:
    """A process beside the program, which is not its child: it leaves by a fork of its own before this returns."""
    words = ["live-server", path, options.live_address or "127.0.0.1", options.live_port or "0", "01"[options.quiet]]
    if _alloclens.run_command(_own_command(main_file, words)) != 0:
        sys.exit(2)  # it has said why


def _own_command(main_file: str, words: "list[str]") -> "list[bytes]":
    options = ["-I", "-S"] + ["-B"] * sys.flags.dont_write_bytecode
    return [encoded(word) for word in (sys.executable or "", *options, main_file, *words)]


def _child_name(name: str) -> str:
    """As Children::free_path makes it."""
    base = path = f"{name}.{posix.getpid()}"
    number = 1
    while _exists(path + ".alloclens"):
        number += 1
        path = f"{base}.{number}"
    return path + ".alloclens"


def _exists(path: str) -> bool:
    try:
        posix.lstat(path)
    except OSError:
        return False
    return True


def _end(path: str, main_file: str, quiet: bool) -> "Callable[[], None]":
    """What ends the capture; the program's threads and its own exit functions are done then."""
    process = posix.getpid()
    # Core reads the capture in a process of its own: reading may need much memory, and the program's is at its end.
    command = _own_command(main_file, ["end-of-run", path])

    def end() -> None:
        if posix.getpid() != process:
            _alloclens.stop()  # a forked child: its own capture, if it has one
            return
        problem = _alloclens.stop()
        for stream in (sys.stdout, sys.stderr):
            try:  # noqa: SIM105  contextlib may not be loaded
                stream.flush()  # what the program printed stands before what we print
            except Exception:  # noqa: S110  the interpreter flushes once more and reports it
                pass
        if problem:
            say(problem)
            command.append(b"told")
        if not quiet and (not command[0] or _alloclens.run_command(command) != 0):
            say(f"The capture is {path}, but its figures could not be read.")

    return end


def _forget_launcher(main_file: str, modules_before: "set[str]") -> None:
    """Takes off what a plain run does not have. Before 3.10 functions at exit live in the module `atexit` itself."""
    keep = {"atexit"} if sys.version_info < (3, 10) else set()
    for name in list(sys.modules):
        if name not in modules_before and name not in keep:
            del sys.modules[name]
    for path in (main_file, main_file.rpartition("/")[0]):
        sys.path_importer_cache.pop(path, None)
