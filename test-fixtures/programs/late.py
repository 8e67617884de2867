"""Allocates after its main code has ended: in a thread and in a function at exit."""

import atexit
import threading

FILL = b"x"
kept = []


def in_thread():
    threading.main_thread().join()
    data = FILL * 1_000_000  # thread
    kept.append(data)
    print("thread", flush=True)


@atexit.register
def at_exit():
    data = FILL * 1_000_000  # exit
    kept.append(data)
    print("exit", flush=True)


threading.Thread(target=in_thread).start()
data = FILL * 1_000_000  # module
