"""A region for each request of a server: `AsgiMiddleware` (FastAPI, Starlette, …) and `WsgiMiddleware` (Flask, …).

Requests that are not sampled are handed on at once. docs/servers.md has examples.
"""

import itertools
import logging
import os
from typing import Any, Awaitable, Callable, Dict, Iterable, Iterator, Optional, Set, Union

from alloclens.regions import region
from alloclens.tracker import Tracker, TrackingError, is_recorded

Scope = Dict[str, Any]
Environ = Dict[str, Any]


class _Sampling:
    """Which requests get a region, and a capture."""

    def __init__(
        self,
        one_in: int,
        header: Optional[str],
        folder: "Union[str, os.PathLike[str], None]",
        options: Dict[str, Any],
    ) -> None:
        if type(one_in) is not int or one_in < 0:
            raise ValueError(
                f"one_in is how many requests there are for each sampled one, or 0 for none, not {one_in!r}."
            )
        self.header = header.lower() if header else None
        self._one_in = one_in
        self._count = itertools.count()
        self._told: Set[str] = set()
        self._folder = os.fspath(folder) if folder is not None else None
        self._options = options
        if self._folder is not None:
            Tracker("request.alloclens", **options)  # says what is wrong with them
            os.makedirs(self._folder, exist_ok=True)
        elif options:
            raise ValueError(f"{', '.join(options)}: options of captures, so give the folder they go to, too.")

    def takes_next(self) -> bool:
        return self._one_in == 1 or (self._one_in > 1 and next(self._count) % self._one_in == 0)

    def start_capture(self) -> Optional[Tracker]:
        """None when no capture a request is wanted, or while the process is recorded already."""
        if self._folder is None:
            return None
        tracker = Tracker(self._free_path(self._folder), **self._options)
        try:
            tracker.start()
        except TrackingError as error:
            if not is_recorded():
                self._tell_once("A request is not recorded in a capture of its own", error)
            return None
        return tracker

    def region_name(self, name: Callable[[Any], str], request: Any, tracker: Optional[Tracker]) -> str:
        """The request's own in its capture: others of its route may go on meanwhile."""
        try:
            found = name(request)
            if not isinstance(found, str):
                raise TypeError(f"it is {found!r}, not text")
        except Exception as error:
            self._tell_once("A request's region goes by (no name), since its name can't be told", error)
            found = "(no name)"
        return found if tracker is None else f"{found} (this request)"

    def _tell_once(self, what: str, error: Exception) -> None:
        """In the server's log: a warning that is made an error would fail the request."""
        if what not in self._told:
            self._told.add(what)
            logging.getLogger("alloclens").warning("%s: %s", what, str(error) or repr(error))

    def _free_path(self, folder: str) -> str:
        """Numbers may be taken: in a container every server is process 1, and the folder may be older than it."""
        paths = (os.path.join(folder, f"request-{os.getpid()}-{number}.alloclens") for number in self._numbers)
        return next(path for path in paths if not os.path.lexists(path))

    _numbers = itertools.count(1)


class AsgiMiddleware:
    """`app.add_middleware(AsgiMiddleware)`, or `AsgiMiddleware(app)` around any ASGI application."""

    def __init__(
        self,
        app: Callable[..., Awaitable[None]],
        *,
        one_in: int = 1,
        header: Optional[str] = None,
        folder: "Union[str, os.PathLike[str], None]" = None,
        name: Optional[Callable[[Scope], str]] = None,
        **options: Any,
    ) -> None:
        """`one_in`: one request of so many is sampled; 0: only those that ask for it.

        `header`: a request that has this header is always sampled. Who can send requests can ask for it.
        `folder`: a sampled request is recorded in a capture of its own there, unless the process is recorded already.
        `name`: of a request's region, from its ASGI scope; by default method and route, such as `GET /items/{id}`.
        Other options are the Tracker's, for those captures: `aggregate`, `detail`, `native`, …
        """
        self._app = app
        self._sampling = _Sampling(one_in, header, folder, options)
        self._header = self._sampling.header.encode("latin-1") if self._sampling.header else None
        self._name = name or _asgi_name

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket") or not self._is_sampled(scope):
            await self._app(scope, receive, send)
            return
        tracker = self._sampling.start_capture()
        try:
            with region(self._sampling.region_name(self._name, scope, tracker)):
                await self._app(scope, receive, send)
        finally:
            if tracker is not None and tracker.recording:
                tracker.stop()

    def _is_sampled(self, scope: Scope) -> bool:
        if self._header is not None:
            for name, _ in scope["headers"]:  # any() would take as long again
                if name == self._header:
                    return True
        return self._sampling.takes_next()


class WsgiMiddleware:
    """`app.wsgi_app = WsgiMiddleware(app.wsgi_app, app)` for Flask, or `WsgiMiddleware(app)` around any other."""

    def __init__(
        self,
        wsgi_app: Callable[..., Iterable[bytes]],
        app: Any = None,
        *,
        one_in: int = 1,
        header: Optional[str] = None,
        folder: "Union[str, os.PathLike[str], None]" = None,
        name: Optional[Callable[[Environ], str]] = None,
        **options: Any,
    ) -> None:
        """As AsgiMiddleware. `app`: a Flask application, whose routes name the regions; `name` gets the environ."""
        self._wsgi_app = wsgi_app
        self._sampling = _Sampling(one_in, header, folder, options)
        key = self._sampling.header
        self._header = "HTTP_" + key.upper().replace("-", "_") if key else None
        self._name = name or (lambda environ: _wsgi_name(app, environ))

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if not ((self._header is not None and self._header in environ) or self._sampling.takes_next()):
            return self._wsgi_app(environ, start_response)
        tracker = self._sampling.start_capture()
        try:
            name = self._sampling.region_name(self._name, environ, tracker)
            with region(name):
                body = self._wsgi_app(environ, start_response)
            return _Body(body, name, tracker)
        except BaseException:
            if tracker is not None and tracker.recording:
                tracker.stop()
            raise


class _Body:
    """A response's body: what is made while it is sent counts for the request, too."""

    def __init__(self, body: Iterable[bytes], name: str, tracker: Optional[Tracker]) -> None:
        self._body = body
        self._parts: Iterator[bytes] = iter(body)
        self._region = region(name, _counted=False)
        self._tracker = tracker

    def __iter__(self) -> "_Body":
        return self

    def __next__(self) -> bytes:
        with self._region:
            return next(self._parts)

    def close(self) -> None:
        """WSGI servers call it once, whatever happened."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                with self._region:
                    close()
        finally:
            if self._tracker is not None and self._tracker.recording:
                self._tracker.stop()


def _asgi_name(scope: Scope) -> str:
    method = scope.get("method", "WEBSOCKET")
    return f"{method} {_starlette_route(scope, getattr(scope.get('app'), 'routes', ())) or '(no route)'}"


def _starlette_route(scope: Scope, routes: Any) -> Optional[str]:
    """The template of the route that will be taken: an address itself would make a region of every user's page."""
    for route in routes:
        match, inner = route.matches(scope)
        if getattr(match, "name", "") != "FULL":
            continue
        candidates = getattr(route, "effective_candidates", None)
        if candidates is not None:  # FastAPI's include_router: its candidates match the whole address
            return _starlette_route(scope, candidates())
        taken = getattr(route, "starlette_route", None) or route
        path: str = getattr(taken, "path", "")
        if hasattr(taken, "routes") and not hasattr(taken, "endpoint"):
            return path + (_starlette_route({**scope, **inner}, taken.routes or ()) or "") or "/"
        return path
    return None


def _wsgi_name(app: Any, environ: Environ) -> str:
    route = "(no route)"
    url_map = getattr(app, "url_map", None)
    if url_map is not None:
        try:
            rule, _ = url_map.bind_to_environ(environ).match(return_rule=True)
            route = rule.rule
        except Exception:  # noqa: S110  not found, or not allowed: the application answers for itself
            pass
    return f"{environ.get('REQUEST_METHOD', 'GET')} {route}"
