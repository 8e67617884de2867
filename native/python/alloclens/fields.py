"""Parts of the fields that `_alloclens.start` takes, keys and values in turn; a repeated key is a list."""

import sys

from alloclens import __version__, folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def of_interpreter() -> "list[tuple[str, str]]":
    """What every capture says about its interpreter: for docs/capture-format.md's metadata."""
    pairs = [
        ("tracker_version", __version__),
        ("python_version", "%d.%d.%d" % sys.version_info[:3]),
        ("executable", sys.executable or ""),
        ("prefix", sys.prefix),
    ]
    pairs += [("standard_library", folder) for folder in folders.standard_library()]
    pairs += [("site_packages", folder) for folder in folders.site_packages()]
    return pairs


def of_children(main_file: str, name: str, recording: "Mapping[str, str]") -> "list[tuple[str, str]]":
    """What the tracker needs to follow children: the words before those of a Python program, which record it as
    `recording`, the fields of this process, says. Captures are NAME.PID.alloclens."""
    words = [main_file, "run", "-q", "--follow-children", "--detail", recording["detail"]]
    words += ["--no-sources"] * (recording["sources"] == "0") + ["--native"] * (recording["native"] == "1")
    words += ["--memory-interval", recording["sample_interval_ms"]]
    words += ["--aggregate"] * (recording["aggregate"] == "1")
    if recording["memory_limit"]:
        words += ["--memory-limit", recording["memory_limit"]]
        words += ["--memory-limit-action", recording["memory_limit_action"]]
    return [("follow_children", "1"), ("children_name", name), *(("launcher", word) for word in words)]
