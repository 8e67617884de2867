"""What every capture says about its interpreter: part of the fields that `_alloclens.start` takes."""

import sys

from alloclens import __version__, folders


def of_interpreter() -> "list[tuple[str, str]]":
    """Keys and values for docs/capture-format.md's metadata; a repeated key is a list."""
    pairs = [
        ("tracker_version", __version__),
        ("python_version", "%d.%d.%d" % sys.version_info[:3]),
        ("executable", sys.executable or ""),
        ("prefix", sys.prefix),
    ]
    pairs += [("standard_library", folder) for folder in folders.standard_library()]
    pairs += [("site_packages", folder) for folder in folders.site_packages()]
    return pairs
