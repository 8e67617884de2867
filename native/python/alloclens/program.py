"""Makes this process look like a plain run of the program: what Modules/main.c does before the program's first line.

Everything here is compared with plain runs, version by version, in tests/test_plain_run.py.
"""

import _frozen_importlib
import _frozen_importlib_external as external
import posix
import sys

from alloclens import _alloclens
from alloclens.options import Options, encoded
from alloclens.sentences import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


def check(options: Options) -> None:
    """Raises Refusal when there is nothing to run."""
    if options.kind == "script" and options.name != "-":
        try:
            posix.stat(options.name)
        except OSError as error:
            raise Refusal(
                f"The script '{options.name}' cannot be opened in {posix.getcwd()}: {error.strerror}. "
                "Look at its name and at the folder in which you start it."
            ) from None
        if not posix.access(options.name, posix.R_OK):
            raise Refusal(f"The script '{options.name}' cannot be read: you lack the permission. Change its mode.")
    if options.kind == "code":
        try:
            options.name.encode()
        except UnicodeEncodeError:
            raise Refusal("The code after -c is not text in this locale's encoding. Put it into a file.") from None


def become(options: Options, command_line: "list[str]") -> "Callable[[], None]":
    """Gives the program its sys.argv, sys.path and `__main__`; returns what runs it and ends as it ends."""
    if hasattr(sys, "orig_argv"):
        sys.orig_argv = command_line
    safe_path = getattr(sys.flags, "safe_path", sys.flags.isolated)
    if options.kind == "module":
        sys.argv = ["-m", *options.arguments]
        if not safe_path:
            sys.path.insert(0, posix.getcwd())
        _need_module(options.name)
        return _through_runpy(options.name, True)
    if options.kind == "code":
        sys.argv = ["-c", *options.arguments]
        if not safe_path:
            sys.path.insert(0, "")
        return _code(options.name + "\n")
    sys.argv = [options.name, *options.arguments]
    if options.name == "-":
        if not safe_path:
            sys.path.insert(0, "")
        return _standard_input()
    file = options.name
    if sys.version_info >= (3, 9) and not file.startswith("/"):
        # What _Py_abspath makes of it: nothing is normalized.
        file = posix.getcwd() + "/" + file
    if _is_import_path(file):
        sys.path.insert(0, file)
        return _through_runpy("__main__", False)
    if not safe_path:
        real = _alloclens.real_path(encoded(options.name)) or file
        sys.path.insert(0, real.rpartition("/")[0] or "/")
    return _script(file)


def new_main() -> "dict[str, object]":
    """Replaces `__main__` by one as it is before a program runs in it; the launcher goes on in the old one.

    The interpreter takes the launcher's `__file__` out of the old one when it ends.
    """
    module = type(sys)("__main__")
    names: "dict[str, object]" = vars(module)
    if sys.version_info < (3, 14):
        names["__annotations__"] = {}
    names["__builtins__"] = sys.modules["builtins"]
    names["__loader__"] = _frozen_importlib.BuiltinImporter
    sys.modules["__main__"] = module
    return names


def _script(file: str) -> "Callable[[], None]":
    code = _compiled(file)
    loader = external.SourcelessFileLoader if code else external.SourceFileLoader

    def run() -> None:
        names = new_main()
        _set_file(names, file)
        names["__loader__"] = loader("__main__", file)
        if code:
            _alloclens.run_code(code)
        else:
            _alloclens.run_file(encoded(file), encoded(file))

    return run


def _standard_input() -> "Callable[[], None]":
    def run() -> None:
        _set_file(new_main(), "<stdin>")
        _alloclens.run_file(b"-", b"<stdin>")

    return run


def _set_file(names: "dict[str, object]", file: str) -> None:
    names["__file__"] = file
    if sys.version_info < (3, 15):
        names["__cached__"] = None


def _code(source: str) -> "Callable[[], None]":
    register = _registers_source()
    if sys.version_info >= (3, 14):
        source = _dedented(source)

    def run() -> None:
        new_main()
        _alloclens.run_source(source.encode(), register)

    return run


def _registers_source() -> "Callable[[object, str, str], None] | None":
    """From 3.13 on tracebacks show the lines of what follows `-c`: linecache is told them, by code object or name."""
    if sys.version_info < (3, 13):
        return None
    import linecache

    register = linecache._register_code
    if hasattr(linecache, "_interactive_cache"):
        return register
    return lambda code, text, name: register(name, text, name)


def _through_runpy(module: str, alter_argv: bool) -> "Callable[[], None]":
    import runpy

    call = runpy._run_module_as_main  # type: ignore[attr-defined]

    def run() -> None:
        new_main()
        _alloclens.run_call(call, (module, alter_argv))

    return run


def _need_module(name: str) -> None:
    """Only the first part: looking for more would run the program's packages. runpy speaks of the rest."""
    first = name.partition(".")[0]
    if first and first not in sys.modules and _frozen_importlib._find_spec(first, None) is None:  # type: ignore[attr-defined]
        raise Refusal(
            f"There is no module '{first}' for {sys.executable}. Look at its name and at the folder in which you "
            "start it, or install it for this interpreter."
        )


def _is_import_path(path: str) -> bool:
    """A folder or a zip file, in which `__main__.py` is to be run. Fills the cache as the interpreter does."""
    cache = sys.path_importer_cache
    if path not in cache:
        cache[path] = None
        for hook in sys.path_hooks:
            try:
                cache[path] = hook(path)
                break
            except ImportError:
                pass
    return cache[path] is not None


def _compiled(file: str) -> object:
    """The code of a `.pyc` file, which may have any name; None when it is source."""
    import marshal

    if posix.stat(file).st_mode & 0o170000 != 0o100000:
        return None  # reading a pipe would take the program away
    descriptor = posix.open(file, posix.O_RDONLY | posix.O_CLOEXEC)
    try:
        if not file.endswith(".pyc") and posix.read(descriptor, 2) != external.MAGIC_NUMBER[:2]:
            return None
    finally:
        posix.close(descriptor)
    data = external.FileLoader("__main__", file).get_data(file)
    if data[:4] != external.MAGIC_NUMBER:
        raise Refusal(f"'{file}' was compiled by another version of Python. Run its source, or compile it again.")
    try:
        code = marshal.loads(memoryview(data)[16:])  # noqa: S302  it is the program that is to be run
    except (EOFError, ValueError, TypeError):
        raise Refusal(f"'{file}' is not a whole compiled file. Compile it again.") from None
    return code


def _dedented(source: str) -> str:
    """What 3.14 and later do to the code after `-c`: take off the indentation that all lines share."""
    margin = None
    lines = source.split("\n")
    for line in lines:
        text = line.lstrip(" \t")
        if not text:
            continue
        indent = line[: len(line) - len(text)]
        if margin is None:
            margin = indent
        while not indent.startswith(margin):
            margin = margin[:-1]
    if not margin:
        return source
    return "\n".join(line[len(margin) :] if line.strip(" \t") else "" for line in lines)
