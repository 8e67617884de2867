"""Makes and drops N byte strings (default 4 million) of 1 B to 64 kB, most of them small."""

import sys


def make(count):
    total = 0
    kept = [b""] * 1000
    for i in range(count):
        data = bytes((i * 2654435761 % 997) + 1) if i % 100 else bytes(i * 40503 % 65536)
        kept[i % 1000] = data
        total += len(data)
    return total


print(make(int(sys.argv[1]) if len(sys.argv) > 1 else 4_000_000))
