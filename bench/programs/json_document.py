"""Reads a JSON document (50 MB, made by data.py) and walks over it."""

import json
import sys


def count(value):
    if isinstance(value, dict):
        return 1 + sum(count(child) for child in value.values())
    if isinstance(value, list):
        return 1 + sum(count(child) for child in value)
    return 1


with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)
print(count(document))
