"""AllocLens: where a Python program's memory goes. The command line is `python -m alloclens`."""

__version__ = "0.1.0"
