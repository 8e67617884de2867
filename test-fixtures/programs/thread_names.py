"""Threads with names of all kinds. Prints the last name that each had, by its kernel id."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

last_names = {}


def ask():
    last_names[threading.get_native_id()] = threading.current_thread().name
    return len(bytes(100_000))


def ask_for_a_while():
    """Far from the stack's beginning names are looked at every 10 ms."""
    end = time.monotonic() + 0.03
    while time.monotonic() < end:
        ask()
    ask()


def rename_itself():
    ask()
    threading.current_thread().name = "renamed itself"
    ask_for_a_while()


class Named(threading.Thread):
    def run(self):
        self.name = "named when it runs"
        ask_for_a_while()


def wait_and_ask(depth):
    if depth:
        return wait_and_ask(depth - 1)
    ask()
    renamed.wait()
    return ask_for_a_while()


renamed = threading.Event()
waiting = threading.Thread(target=wait_and_ask, args=(3,), name="waits")
threads = [
    threading.Thread(target=ask, name="a name that the kernel would cut"),
    threading.Thread(target=ask),
    threading.Thread(target=ask, name="Größe"),
    threading.Thread(target=ask, name="日本語"),
    threading.Thread(target=ask, name="😀 emoji"),
    threading.Thread(target=rename_itself, name="before"),
    Named(name="before it ran"),
    waiting,
]
for thread in threads:
    thread.start()
while waiting.ident is None or waiting.native_id not in last_names:
    pass
waiting.name = "renamed by another"
renamed.set()
for thread in threads:
    thread.join()
with ThreadPoolExecutor(2, thread_name_prefix="pool of many workers") as pool:
    for _ in pool.map(lambda _: ask(), range(20)):
        pass
print(json.dumps(last_names))
