"""`transform FORMAT`: memray's name of `export --format FORMAT`."""

from typing import List

from alloclens.reports import export
from alloclens.sentences import Refusal

INSTEAD = {"gprof2dot": "pprof`, whose graph the tool pprof draws"}


def main(words: List[str]) -> int:
    form = next((word for word in words if word in export.ENDINGS or word in INSTEAD), None)
    if form is None:
        raise Refusal(f"transform is export here: `export --format FORMAT CAPTURE`, with {', '.join(export.ENDINGS)}.")
    if form in INSTEAD:
        raise Refusal(f"There is no format {form} here. Take `export --format {INSTEAD[form]}.")
    rest = list(words)
    rest.remove(form)
    return export.main(["--format", form, *rest])
