"""`Tracker`: records a part of a program, from inside it."""

import atexit
import functools
import importlib.machinery
import importlib.util
import inspect
import os
import sys
import warnings
from typing import Any, Callable, List, Optional, Tuple, TypeVar, Union

from alloclens import fields
from alloclens.options import byte_count, encoded
from alloclens.regions import is_coroutine_function
from alloclens.sentences import Refusal

Function = TypeVar("Function", bound=Callable[..., Any])

#: The one that records; a process has one recording at a time.
_running: "Optional[Tracker]" = None


class TrackingError(RuntimeError):
    """Recording could not begin or end; the message is a sentence that says why and what to do."""


class Tracker:
    """Records what happens between `start()` and `stop()` in a capture.

    Also a context manager, an asynchronous one, and a decorator of functions, coroutine functions and generators.
    `{n}` in the file's name is the number of the recording, from 1, for a tracker that is used more than once.
    """

    def __init__(
        self,
        path: "Union[str, bytes, os.PathLike[str]]",
        *,
        detail: str = "objects",
        native: bool = False,
        follow_children: bool = False,
        current_thread_only: bool = False,
        overwrite: bool = False,
        sources: bool = True,
        aggregate: bool = False,
        memory_interval_ms: int = 10,
        memory_limit: "Union[int, str, None]" = None,
        memory_limit_action: str = "kill",
    ) -> None:
        """`path`: of the capture, which must not exist unless `overwrite`.

        `detail`: "objects" sees every call of Python's own allocators, "system" malloc and mmap only.
        `native`: record the native frames of stacks too.
        `follow_children`: programs that it starts and processes that it forks get captures of their own beside it.
        `current_thread_only`: only what the thread that starts it allocates; any thread may free it.
        `sources`: keep the text of the program's own files in the capture.
        `aggregate`: keep sums instead of events: a small capture, also of days, of the whole recording only.
        `memory_interval_ms`: between samples of the process's resident memory.
        `memory_limit`: bytes that may be live of what was allocated inside, a number or text such as "500MB".
        `memory_limit_action`: "kill" the program when that is passed, or "raise": the allocation raises MemoryError.
        """
        if detail not in ("objects", "system"):
            raise ValueError(f"detail is 'objects' or 'system', not {detail!r}.")
        if memory_limit_action not in ("kill", "raise"):
            raise ValueError(f"memory_limit_action is 'kill' or 'raise', not {memory_limit_action!r}.")
        if type(memory_interval_ms) is not int or memory_interval_ms < 1:
            raise ValueError(f"memory_interval_ms is a number of milliseconds from 1 on, not {memory_interval_ms!r}.")
        flags = {
            "native": native,
            "follow_children": follow_children,
            "current_thread_only": current_thread_only,
            "overwrite": overwrite,
            "sources": sources,
            "aggregate": aggregate,
        }
        for name, value in flags.items():
            if value not in (True, False):
                raise ValueError(f"{name} is True or False, not {value!r}.")
        if not isinstance(path, (str, bytes, os.PathLike)) or not os.fspath(path) or "\0" in os.fsdecode(path):
            raise ValueError(f"path is that of the capture's file, such as 'part.alloclens', not {path!r}.")
        self._pattern = os.fsdecode(path)
        self._options = [
            ("detail", detail),
            ("native", "01"[bool(native)]),
            ("current_thread_only", "01"[bool(current_thread_only)]),
            ("overwrite", "01"[bool(overwrite)]),
            ("sources", "01"[bool(sources)]),
            ("aggregate", "01"[bool(aggregate)]),
            ("sample_interval_ms", str(memory_interval_ms)),
            ("memory_limit", "" if memory_limit is None else str(_byte_count(memory_limit))),
            ("memory_limit_action", memory_limit_action),
        ]
        self._follow_children = follow_children
        self._count = 0
        self._process = 0
        self._path = ""

    @property
    def path(self) -> str:
        """The capture that is being recorded or was recorded last; empty before the first."""
        return self._path

    @property
    def recording(self) -> bool:
        """Whether this tracker records now, in this process."""
        return _running is self and self._process == os.getpid()

    def start(self) -> None:
        """Begins to record. Raises TrackingError when that is not possible; the program is untouched then."""
        global _running  # noqa: PLW0603  one recording a process
        native = library()
        refuse_a_second(native)
        path = os.path.abspath(self._pattern.replace("{n}", str(self._count + 1)))
        if os.path.isdir(path):
            raise TrackingError(f"{path} is a folder: name a file in it.")
        pairs = [
            ("path", path),
            *self._options,
            *self._more_fields(),  # before the others, so that they hold instead
            *_target(),
            *self._of_children(path),
            *_interpreter(tuple(sys.path)),
        ]
        words = [encoded(word) for pair in pairs for word in pair]
        problem = native.start(words)
        if problem:
            raise TrackingError(self._in_code(problem))
        self._count += 1
        self._path = path
        self._process = os.getpid()
        _running = self
        atexit.register(self._stop_at_exit)

    def stop(self) -> str:
        """Ends the recording and returns the capture's path. Does nothing in a forked child: that is not recorded."""
        global _running  # noqa: PLW0603
        if _running is not self:
            raise TrackingError("This tracker is not recording: call start() before stop().")
        _running = None
        atexit.unregister(self._stop_at_exit)
        problem = library().stop()
        if problem and self._process == os.getpid():
            warnings.warn(problem, RuntimeWarning, stacklevel=2)
        return self._path

    def __enter__(self) -> "Tracker":
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if _running is self:  # it may have been stopped inside
            self.stop()

    async def __aenter__(self) -> "Tracker":
        return self.__enter__()

    async def __aexit__(self, *_error: object) -> None:
        self.__exit__()

    def __call__(self, function: Function) -> Function:
        """Records each call of the function, in a capture of its own."""
        if inspect.isclass(function):
            raise TypeError("A tracker can't decorate a class: decorate its methods, or use `with` where it is called.")
        if inspect.isasyncgenfunction(function):
            raise TypeError("A tracker can't decorate an asynchronous generator: use `with` where it is iterated.")
        if is_coroutine_function(function):

            @functools.wraps(function)
            async def recorded_coroutine(*args: Any, **kwargs: Any) -> Any:
                with self:
                    return await function(*args, **kwargs)

            return recorded_coroutine  # type: ignore[return-value]
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def recorded_generator(*args: Any, **kwargs: Any) -> Any:
                with self:
                    return (yield from function(*args, **kwargs))

            return recorded_generator  # type: ignore[return-value]

        @functools.wraps(function)
        def recorded(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return recorded  # type: ignore[return-value]

    #: What to do about a path that can't be written.
    _elsewhere = "Give another path."

    def _in_code(self, problem: str) -> str:
        """The native library's sentence, which knows the launcher's options alone."""
        for option, here in (
            ("overwrite it with -f.", "give overwrite=True."),
            ("Choose another file with -o.", self._elsewhere),
        ):
            if problem.endswith(option):
                return problem[: -len(option)] + here
        return problem

    def _more_fields(self) -> List[Tuple[str, str]]:
        return []

    def _of_children(self, path: str) -> List[Tuple[str, str]]:
        if not self._follow_children:
            return []
        main_file = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py")
        name = path[: -len(".alloclens")] if path.endswith(".alloclens") else path
        return fields.of_children(main_file, name, dict(self._options))

    def _stop_at_exit(self) -> None:
        if _running is self:
            self.stop()


def _byte_count(limit: "Union[int, str]") -> int:
    if not isinstance(limit, (int, str)):
        raise ValueError(f"memory_limit is a number of bytes or text such as '500MB', not {limit!r}.")
    try:
        return byte_count(str(limit))
    except Refusal as refusal:
        raise ValueError(str(refusal)) from None


@functools.lru_cache(maxsize=1)
def library() -> Any:
    """The native library. Raises TrackingError where it can't work; found once, since tests pretend things of `sys`."""
    from alloclens.__main__ import why_not_here

    problem = why_not_here()  # type: ignore[no-untyped-call]
    if problem:
        raise TrackingError(problem)
    from alloclens import _alloclens

    return _recording_copy(_alloclens.__file__) or _alloclens


@functools.lru_cache(maxsize=1)
def _recording_copy(own: str) -> Any:
    """Of another installation, when that records this process: an editor brings its own beside the program's."""
    name = os.path.basename(own)
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as maps:
            loaded = {line.rstrip("\n").split(maxsplit=5)[-1] for line in maps if line.endswith(f"/{name}\n")}
    except OSError:
        return None
    for file in loaded - {os.path.realpath(own)}:
        loader = importlib.machinery.ExtensionFileLoader("alloclens._alloclens", file)
        copy = importlib.util.module_from_spec(
            importlib.machinery.ModuleSpec("alloclens._alloclens", loader, origin=file)
        )
        loader.exec_module(copy)
        if copy.active() and hasattr(copy, "follow_context"):
            return copy
    return None


def is_recorded() -> bool:
    """Whether anybody records this process now."""
    try:
        return bool(library().active())
    except TrackingError:
        return False


def refuse_a_second(native: Any) -> None:
    if not native.active():
        return
    which = f" to {_running.path}" if _running else ", since it was started by `alloclens run`"
    raise TrackingError(
        f"This process is being recorded already{which}. A process has one recording at a time: "
        "name parts of it with alloclens.region(…), and look at their figures apart."
    )


@functools.lru_cache(maxsize=1)
def _interpreter(_path: Tuple[str, ...]) -> List[Tuple[str, str]]:
    """Kept, since folders are looked for: a test suite starts a recording a test."""
    return fields.of_interpreter()


def _target() -> List[Tuple[str, str]]:
    """What a plain run of this program would be called."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    name = sys.argv[0] if getattr(sys, "argv", None) else ""
    kind = "code" if name in ("", "-c") else "script"
    if spec is not None and getattr(spec, "name", None):
        kind, name = "module", spec.name
    command = getattr(sys, "orig_argv", None) or [sys.executable or "python", *getattr(sys, "argv", [])]
    return [("target_kind", kind), ("target_name", name), *(("command", word) for word in command)]
