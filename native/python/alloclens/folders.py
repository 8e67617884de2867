"""Where this interpreter's standard library and its packages lie: the capture's header tells readers what is yours."""

import sys

from alloclens import _alloclens
from alloclens.options import encoded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def standard_library() -> "list[str]":
    version = "python%d.%d" % sys.version_info[:2]
    found = [getattr(sys, "_stdlib_dir", None) or ""]
    found += [entry for entry in sys.path if entry.endswith(("/" + version, "/" + version + "/lib-dynload", ".zip"))]
    if "os" in sys.modules:
        found.append((sys.modules["os"].__file__ or "").rpartition("/")[0])
    found += [f"{prefix}/lib/{version}" for prefix in (sys.base_prefix, sys.base_exec_prefix)]
    return _folders(entry for entry in found if not _holds_packages(entry))


def site_packages() -> "list[str]":
    """Those on sys.path, and those that the program may add: its environment's, the system's and the user's own."""
    version = "python%d.%d" % sys.version_info[:2]
    found = [entry for entry in sys.path if _holds_packages(entry)]
    for prefix in (sys.prefix, sys.exec_prefix, sys.base_prefix, "/usr", "/usr/local"):
        for lib in ("lib", "lib64"):
            found.append(f"{prefix}/{lib}/{version}/site-packages")
            found.append(f"{prefix}/{lib}/{version}/dist-packages")
    found.append("/usr/lib/python3/dist-packages")
    site = sys.modules.get("site")
    user = getattr(site, "USER_SITE", None)
    if user:
        found.append(user)
    return _folders(found)


def _holds_packages(path: str) -> bool:
    return path.rstrip("/").endswith(("/site-packages", "/dist-packages"))


def _folders(paths: "Iterable[str]") -> "list[str]":
    """Those that exist, each once, also under its real name: code objects carry the name that sys.path has."""
    folders: "dict[str, None]" = {}
    for path in paths:
        real = _alloclens.real_path(encoded(path)) if path.startswith("/") else None
        if real:
            folders[path.rstrip("/")] = None
            folders[real] = None
    return list(folders)
