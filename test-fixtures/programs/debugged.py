"""Runs under debugpy's tracing. Lines that end in `# name BYTES` ask for that many bytes in all."""

import debugpy

FILL = b"x"


def leaf(n):
    return not FILL * n  # leaf 2000660


def branch():
    return [leaf(100_000) for _ in range(20)]


debugpy.listen(("127.0.0.1", 0), in_process_debug_adapter=True)
debugpy.trace_this_thread(True)
branch()
debugpy.trace_this_thread(False)
