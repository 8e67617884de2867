"""Prints memray's allocations per stack of one file's frames: [[[line, function], …], bytes, allocations].

Outermost first. Only what the file's own code asked for itself. Runs where memray is.
Usage: memray_paths.py CAPTURE FILE (allocated | mapped)
"""

import json
import sys
from collections import defaultdict

from memray import AllocatorType, FileReader

FREES = {AllocatorType.FREE, AllocatorType.MUNMAP, AllocatorType.PYMALLOC_FREE}

capture, file, kind = sys.argv[1:]
rows: "dict[tuple[tuple[int, str], ...], list[int]]" = defaultdict(lambda: [0, 0])
with FileReader(capture) as reader:
    for record in reader.get_allocation_records():
        if record.allocator in FREES or (record.allocator == AllocatorType.MMAP) != (kind == "mapped"):
            continue
        stack = record.stack_trace()
        if stack and stack[0][1] == file:
            row = rows[tuple((line, name) for name, of, line in reversed(stack) if of == file)]
            row[0] += record.size
            row[1] += record.n_allocations
json.dump([[path, *figures] for path, figures in rows.items()], sys.stdout)
