"""The secret that lets a viewer in: made for each run, kept where only its user can read it."""

import os
import secrets
from typing import Optional

from alloclens.sentences import Refusal


def new_token() -> str:
    return secrets.token_urlsafe(24)


def keep(port: int, token: str) -> str:
    """Writes the file that `live PORT` looks for; returns its path."""
    path = _file(port)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, 0o600)  # of an earlier run's file, too
        file.write(token + "\n")
    return path


def find(port: int) -> Optional[str]:
    try:
        with open(_file(port)) as file:
            return file.read().strip()
    except OSError:
        return None


def forget(port: int, token: str) -> None:
    """Another run may have the port by now: then its token stays."""
    if find(port) == token:
        os.unlink(_file(port))


def _file(port: int) -> str:
    return os.path.join(_folder(), f"live-{port}")


def _folder() -> str:
    """Of this user alone. Refuses a folder that somebody else could have made."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = os.path.join(base if base and os.path.isdir(base) else cache, "alloclens")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    status = os.stat(folder)
    if status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise Refusal(f"{folder} can be written by others, so no token is kept there. Take their rights away.")
    return folder
