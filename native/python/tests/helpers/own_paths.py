"""The same as memray_paths.py, of a capture of ours.

Usage: own_paths.py CAPTURE FILE (allocated | mapped)
"""

import json
import sys
from collections import defaultdict

from alloclens import Capture

path, file, kind = sys.argv[1:]
rows: "dict[tuple[tuple[int, str], ...], list[int]]" = defaultdict(lambda: [0, 0])
for record in Capture(path).records("total"):
    if record.stack and record.stack[0].file == file and (record.allocator == "mmap") == (kind == "mapped"):
        # memray shows co_name; in the program it tells the functions of a line apart.
        frames = [
            (frame.line or 0, frame.function.rpartition(".")[2]) for frame in record.stack[::-1] if frame.file == file
        ]
        row = rows[tuple(frames)]
        row[0] += record.bytes
        row[1] += record.allocations
json.dump([[path, *figures] for path, figures in rows.items()], sys.stdout)
