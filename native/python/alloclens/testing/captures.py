"""Where the captures of a run of tests are: in the user's folder, or in a temporary one that is deleted at the end."""

import hashlib
import os
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import Any, Dict, Optional, Set

from alloclens.testing.settings import Settings

#: A path component has 255 bytes at most.
_LONGEST_NAME = 255


class Captures:
    """One file a test. With xdist all workers write to the controller's folder."""

    def __init__(self, settings: Settings, worker: Dict[str, Any]) -> None:
        self.prefix: str = worker.get("alloclens_prefix") or settings.bin_prefix or uuid.uuid4().hex
        folder = worker.get("alloclens_folder") or settings.bin_path
        self._folder: Optional[Path] = Path(folder) if folder else None
        self._suffix = settings.suffix
        self._process = os.getpid()
        self._is_temporary = False

    def make(self) -> Path:
        """The folder, which is there now."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="alloclens-"))
            self._is_temporary = True
        return self._folder

    def path(self, nodeid: str) -> Path:
        return self.make() / capture_name(self.prefix, nodeid, self._suffix)

    def known_path(self, nodeid: str) -> Optional[Path]:
        """Where the test's capture is, or will be if it is recorded; None before any test is to be recorded."""
        return self.path(nodeid) if self._folder else None

    def delete(self, keep: Set[Path]) -> None:
        """If they are temporary."""
        if not self._is_temporary or self._folder is None or os.getpid() != self._process:
            return
        for path in self._folder.iterdir():
            if path not in keep:
                path.unlink()
        if not keep:
            shutil.rmtree(self._folder, ignore_errors=True)


def capture_name(prefix: str, nodeid: str, suffix: str) -> str:
    """A file name that is safe, and unique among the tests: where something is lost it ends with a hash of the id."""
    readable = nodeid.replace("::", "-").replace("/", "-").replace("\0", "")
    name = "-".join(part for part in (prefix, readable) if part).encode("utf-8", "replace")
    ending = suffix.encode()
    if _is_ambiguous(nodeid) or len(name) + len(ending) > _LONGEST_NAME:
        ending = f"-{hashlib.sha256(nodeid.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}{suffix}".encode()
    return name[: _LONGEST_NAME - len(ending)].decode("utf-8", "ignore") + ending.decode()


def _is_ambiguous(nodeid: str) -> bool:
    """Whether another id may have the same readable name. No file is a folder too: it takes more than `::` and `/`."""
    place, _, case = nodeid.partition("[")
    _, _, names = place.partition("::")
    return "-" in place or "/" in names or "::" in case or "/" in case or not nodeid.isprintable()
