"""Runs known code under coverage and cProfile at once, and prints what both saw."""

import cProfile
import json
import pstats

import coverage

FILL = b"x"


def leaf(n):
    return not FILL * n  # leaf


def branch(n):
    if n % 2:
        return leaf(100_000)
    return sum(leaf(50_000) for _ in range(2))


def never():
    return leaf(1)


observer = coverage.Coverage(data_file=None, config_file=False)
profile = cProfile.Profile()
observer.start()
profile.enable()
for number in range(10):
    branch(number)
profile.disable()
observer.stop()
calls = {name: entry[0] for (file, _, name), entry in sorted(pstats.Stats(profile).stats.items()) if file == __file__}
print(json.dumps({"lines": sorted(observer.get_data().lines(__file__)), "calls": calls}))
