"""N seconds (default 600) of everything a long-running program does, in four threads, with a steady amount alive."""

import subprocess
import sys
import threading
import time

KEPT = 2000


def numbers(count):
    for i in range(count):
        yield i * 1.5


def deep(depth):
    return [depth] if depth == 0 else deep(depth - 1)


def fail(value):
    try:
        raise ValueError(value * 10)
    except ValueError as error:
        return str(error)


def made_code(value):
    names = {}
    exec(f"def double(x):\n    return [x, {value % 50}] * 2\n", names)
    return names["double"](value)


def work(seconds, number):
    kept = [None] * KEPT
    end = time.monotonic() + seconds
    i = 0
    while time.monotonic() < end:
        for _ in range(1000):
            i += 1
            kept[i % KEPT] = [
                list(numbers(i % 30)),
                bytes(i * 7919 % 20_000) if i % 20 == 0 else b"small %d" % i,
                {"key": i, "text": str(i)},
                fail("x" * (i % 100)),
            ][i % 4]
        deep(500)
        made_code(i)
        if number == 0 and i % 200_000 == 0:
            subprocess.run([sys.executable, "-c", "pass"], check=True)
    return kept


threads = [
    threading.Thread(target=work, args=(float(sys.argv[1]) if len(sys.argv) > 1 else 600, number))
    for number in range(4)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
