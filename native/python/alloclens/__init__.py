"""AllocLens: where a Python program's memory goes. The command line is `python -m alloclens`."""
# `-m alloclens` imports this file first: like __main__.py it must parse on every Python.

__version__ = "0.1.0"
__all__ = ["Capture", "CaptureError"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from alloclens._alloclens import CaptureError as CaptureError
    from alloclens.capture import Capture as Capture


def __getattr__(name):
    """Imports the reader when it is asked for: a program that is tracked must not see what the reader imports."""
    if name == "Capture":
        from alloclens.capture import Capture

        return Capture
    if name == "CaptureError":
        from alloclens._alloclens import CaptureError

        return CaptureError
    raise AttributeError("module 'alloclens' has no attribute '%s'" % name)
