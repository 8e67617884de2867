"""Runs until it is stopped. With --stubborn it takes no notice of SIGTERM."""

import signal
import sys
import time


def hold():
    return bytearray(8_000_000)


if "--stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
held = hold()
print("holding %d bytes" % len(held), flush=True)
while True:
    time.sleep(60)
