"""AllocLens: where a Python program's memory goes. The command line is `python -m alloclens`."""
# `-m alloclens` imports this file first: like __main__.py it must parse on every Python.

__version__ = "0.1.0"
__all__ = ["Capture", "CaptureError", "Frame", "Record", "Snapshot"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from alloclens._alloclens import CaptureError as CaptureError
    from alloclens.capture import Capture as Capture
    from alloclens.shapes import Frame as Frame
    from alloclens.shapes import Record as Record
    from alloclens.shapes import Snapshot as Snapshot


def __getattr__(name):
    """Imports the reader when it is asked for: a program that is tracked must not see what the reader imports."""
    if name not in __all__:
        raise AttributeError("module 'alloclens' has no attribute '%s'" % name)
    import importlib

    home = {"Capture": "capture", "CaptureError": "_alloclens"}.get(name, "shapes")
    return getattr(importlib.import_module("alloclens." + home), name)
