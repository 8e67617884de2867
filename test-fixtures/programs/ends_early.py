"""Allocates, says so, and ends in the way that its argument names."""

import os
import signal
import sys

FILL = b"x"
KEPT = [None] * 50

for place in range(50):
    KEPT[place] = FILL * 100_000  # kept
    data = FILL * 50_000  # freed
del data
print("ready", flush=True)
if sys.argv[1] == "error":
    raise ValueError("as asked")
if sys.argv[1] == "_exit":
    os._exit(7)
if sys.argv[1] == "abort":
    os.abort()
if sys.argv[1] == "exit":
    sys.exit(3)
while True:
    signal.pause()
