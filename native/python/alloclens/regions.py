"""`region("index")`: a named part of the program, whose bytes reports and the editor show apart.

It follows `contextvars`: what a task allocates counts for the task's region although tasks interleave, and a new thread
begins outside of all regions.
"""

import functools
import inspect
from contextvars import ContextVar, Token
from typing import Any, Callable, Dict, Optional, Tuple, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])
Entered = Tuple["region", "Token[bytes]", Any]

#: The native library's value for the region that the context is in.
_current: "ContextVar[bytes]" = ContextVar("alloclens.region", default=b"")

#: What the context has entered and not left, innermost first: (region object, how to leave it, the rest). The object
#: itself does not keep it: tasks and threads may share that.
_entered: "ContextVar[Optional[Entered]]" = ContextVar("alloclens.entered", default=None)

#: (value of the region around, name) → value. The native library never forgets one, and has at most 65,536.
_values: Dict[Tuple[bytes, str], bytes] = {}


class region:
    """What is allocated inside counts for the region, also when it is freed outside. Regions nest.

    A context manager and a decorator of functions and coroutine functions; costs about a microsecond when nothing is
    recorded. Where the tracker can't work (see the README), it does nothing.
    """

    __slots__ = ("_counted", "name")

    def __init__(self, name: str, *, _counted: bool = True) -> None:
        if not isinstance(name, str):
            raise TypeError(f"A region has a name, as in region('index'), not {name!r}.")
        self.name = name
        self._counted = _counted  # False: it is gone on with, and was counted when it was entered first

    def __enter__(self) -> "region":
        around = _current.get()
        value = _values.get((around, self.name)) or _new_value(around, self.name)
        _entered.set((self, _current.set(value), _entered.get()))
        _region_changed(value if self._counted else b"")
        return self

    def __exit__(self, *_error: object) -> None:
        entered = _entered.get()
        while entered is not None and entered[0] is not self:
            entered = entered[2]  # what was entered in it and left elsewhere, as by a generator
        if entered is None:
            return  # entered in another context, as a generator may be: here it is not in effect
        _entered.set(entered[2])
        try:  # noqa: SIM105  it would cost as much as all the rest
            _current.reset(entered[1])
        except (ValueError, RuntimeError):
            pass  # the context was copied inside: it stays in the region that it began in
        _region_changed(b"")

    def __call__(self, function: Function) -> Function:
        if inspect.isclass(function):
            raise TypeError("A region can't decorate a class: decorate its methods, or use `with` where it is called.")
        if inspect.isasyncgenfunction(function) or inspect.isgeneratorfunction(function):
            raise TypeError(
                "A region can't decorate a generator: what runs between its steps is not its. "
                "Use `with` inside, around what is done between two yields."
            )
        name = self.name
        if is_coroutine_function(function):

            @functools.wraps(function)
            async def coroutine_in_region(*args: Any, **kwargs: Any) -> Any:
                with region(name):
                    return await function(*args, **kwargs)

            return coroutine_in_region  # type: ignore[return-value]

        @functools.wraps(function)
        def in_region(*args: Any, **kwargs: Any) -> Any:
            with region(name):
                return function(*args, **kwargs)

        return in_region  # type: ignore[return-value]


def is_coroutine_function(function: Any) -> bool:
    """Also an object whose `__call__` is one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004


_native: Optional[Any] = None


def _region_changed(value: bytes) -> None:
    if _native is not None:
        _native.region_changed(value)


def _new_value(around: bytes, name: str) -> bytes:
    global _native  # noqa: PLW0603  loaded when the first region is entered
    if _native is None:
        _native = _load()
    value: bytes = _native.region(around, name.encode("utf-8", "surrogateescape")) if _native else b""
    _values[around, name] = value
    return value


def _load() -> Optional[Any]:
    """The native library that follows our variable, or None where that is not possible."""
    from alloclens.tracker import TrackingError, library

    try:
        native = library()
    except (TrackingError, ImportError):
        return None
    value: bytes = native.region(b"", b"alloclens")
    token = _current.set(value)
    follows = native.follow_context(_current, value)
    _current.reset(token)
    native.region_changed(b"")
    return native if follows else None
