"""Prints memray's allocations per line of one file: [line, function, bytes, allocations]. Runs where memray is.

Usage: memray_lines.py CAPTURE FILE (objects | system)
"""

import json
import sys
from collections import defaultdict

from memray import AllocatorType, FileReader

FREES = {AllocatorType.FREE, AllocatorType.MUNMAP, AllocatorType.PYMALLOC_FREE}

capture, file, detail = sys.argv[1:]
rows: "dict[tuple[int, str], list[int]]" = defaultdict(lambda: [0, 0])
with FileReader(capture) as reader:
    for record in reader.get_allocation_records():
        if record.allocator in FREES or (detail == "system" and record.allocator == AllocatorType.MMAP):
            continue
        stack = record.stack_trace(1)
        if stack and stack[0][1] == file:
            row = rows[stack[0][2], stack[0][0]]
            row[0] += record.size
            row[1] += record.n_allocations
json.dump([[*place, *figures] for place, figures in rows.items()], sys.stdout)
