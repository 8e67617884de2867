"""AllocLens: where a Python program's memory goes. The command line is `python -m alloclens`."""
# `-m alloclens` imports this file first: like __main__.py it must parse on every Python.

__version__ = "0.1.0"
__all__ = ["Capture", "CaptureError", "Frame", "Record", "Snapshot", "Tracker", "TrackingError", "region"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from alloclens._alloclens import CaptureError as CaptureError
    from alloclens.capture import Capture as Capture
    from alloclens.regions import region as region
    from alloclens.shapes import Frame as Frame
    from alloclens.shapes import Record as Record
    from alloclens.shapes import Snapshot as Snapshot
    from alloclens.tracker import Tracker as Tracker
    from alloclens.tracker import TrackingError as TrackingError

#: Public names and their modules, imported when asked for: a program that is tracked must not see what they import.
_PLACES = {
    "Capture": "capture",
    "CaptureError": "_alloclens",
    "Frame": "shapes",
    "Record": "shapes",
    "Snapshot": "shapes",
    "Tracker": "tracker",
    "TrackingError": "tracker",
    "region": "regions",
}


def __getattr__(name):
    """Imports a public name when it is asked for, and keeps it."""
    if name not in _PLACES:
        raise AttributeError("module 'alloclens' has no attribute '%s'" % name)
    import importlib

    found = getattr(importlib.import_module("alloclens." + _PLACES[name]), name)
    globals()[name] = found
    return found
