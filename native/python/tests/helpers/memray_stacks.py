"""Prints the native stacks that memray recorded: file, then sizes; by size a list of stacks, outermost first."""

import json
import sys

import memray

sizes = {int(word) for word in sys.argv[2:]}
stacks: "dict[str, list[list[str]]]" = {}
reader = memray.FileReader(sys.argv[1])
for record in reader.get_allocation_records():
    if record.size in sizes:
        names = [name for name, _, _ in record.hybrid_stack_trace()]
        stacks.setdefault(str(record.size), []).append(names[::-1])
print(json.dumps(stacks))
