# The first file that any interpreter reads: it must parse on Python 2.7 and on everything since, and say in a
# sentence where AllocLens cannot work. It runs by its file path, in a process of its own: `-m` and the installed
# command start the interpreter anew with that path, since what they import first must not be seen by the program.
import sys

FIRST, LAST = (3, 8), (3, 15)


def why_not_here():
    """A sentence for the user when this interpreter can't be tracked, else None."""
    name = getattr(getattr(sys, "implementation", None), "name", "cpython")
    version = "%d.%d" % sys.version_info[:2]
    advice = "Choose a release build of CPython 3.8 to 3.15."
    if name != "cpython" or "PyPy" in sys.version:
        return "AllocLens cannot track %s. %s" % ("PyPy" if "PyPy" in sys.version else name, advice)
    if not FIRST <= sys.version_info[:2] <= LAST:
        return "AllocLens cannot track Python %s. %s" % (version, advice)
    if "t" in sys.abiflags:
        return "AllocLens cannot track a free-threaded build of Python %s. %s" % (version, advice)
    if "d" in sys.abiflags:
        return "AllocLens cannot track a debug build of Python %s. %s" % (version, advice)
    import posix

    if not sys.platform.startswith("linux") or posix.uname()[4] != "x86_64" or sys.maxsize < 2**32:
        return "AllocLens tracks programs on Linux x64 so far, not on %s %s. On Windows use WSL or a container." % (
            sys.platform,
            posix.uname()[4],
        )
    return None


def command_line():
    """Every word of this process's command line as bytes, or None: before 3.10 `sys` has no `orig_argv`."""
    import posix

    try:
        descriptor = posix.open("/proc/self/cmdline", posix.O_RDONLY | getattr(posix, "O_CLOEXEC", 0))  # 2.7 has none
    except OSError:
        return None
    text = b""
    while True:
        part = posix.read(descriptor, 65536)
        if not part:
            break
        text += part
    posix.close(descriptor)
    return text[:-1].split(b"\0")


def interpreter_words(words):
    """The interpreter and its options, out of a command line that ends in `-m alloclens` or a file, and our words."""
    words = words[: len(words) - len(sys.argv) + 1]
    for name in (b"alloclens", b"alloclens.__main__"):
        if words[-1] == name and words[-2].endswith(b"m") and words[-2].startswith(b"-"):
            flag = words[-2][:-1]
            return words[:-2] + ([flag] if flag != b"-" else [])
        if words[-1].startswith(b"-") and words[-1].endswith(b"m" + name):
            flag = words[-1][: -len(name) - 1]
            return words[:-1] + ([flag] if flag != b"-" else [])
    return words[:-1]


def this_file():
    import posix

    return __file__ if __file__.startswith("/") else posix.getcwd() + "/" + __file__


def start_anew():
    """Replaces this process by one that runs this file by its path."""
    import posix

    encode = (sys.getfilesystemencoding(), "surrogateescape")
    words = command_line()
    interpreter = interpreter_words(words) if words else [(sys.executable or "python3").encode(*encode)]
    ours = [word.encode(*encode) for word in [this_file()] + sys.argv[1:]]
    posix.execv(sys.executable or "/proc/self/exe", interpreter + ours)


def plain_child():
    """The command line of a program that a tracked one has started, as it was before AllocLens came into it."""
    words = command_line()
    if not words or sys.argv[1:2] != ["run"] or "--child-of" not in sys.argv:
        return None
    launcher = len(words) - len(sys.argv)
    return words[:launcher] + words[launcher + sys.argv.index("--child-of") + 2 :]


def run_plain(words):
    """A program that was to be followed and can't be runs as if nobody had tried. Otherwise returns at once."""
    if words:
        import posix

        posix.execv(sys.executable or posix.readlink("/proc/self/exe"), words)


def import_package():
    """Makes `alloclens` importable without a folder on sys.path."""
    import _frozen_importlib
    import _frozen_importlib_external

    folder = this_file().rpartition("/")[0]
    file = folder + "/__init__.py"
    loader = _frozen_importlib_external.SourceFileLoader("alloclens", file)
    spec = _frozen_importlib.ModuleSpec("alloclens", loader, origin=file, is_package=True)
    spec.submodule_search_locations = [folder]
    package = _frozen_importlib.module_from_spec(spec)
    sys.modules["alloclens"] = package
    loader.exec_module(package)


def main():
    child = plain_child()
    problem = why_not_here()
    if problem:
        run_plain(child)
        sys.stderr.write("alloclens: %s\n" % problem)
        sys.exit(2)
    if __name__ != "__main__" or __spec__ is not None:
        start_anew()
    modules_before = set(sys.modules)
    if not getattr(sys.flags, "safe_path", sys.flags.isolated):
        del sys.path[0]  # this file's folder
    import_package()
    try:
        from alloclens import _alloclens  # noqa: F401
    except ImportError as error:
        run_plain(child)
        sys.stderr.write(
            "alloclens: The native library could not be loaded: %s. Install AllocLens again, or in a checkout "
            "build it: npm run build.\n" % error
        )
        sys.exit(2)
    from alloclens import command

    command.main(this_file(), command_line(), modules_before, lambda: run_plain(child))


if __name__ == "__main__":
    main()
