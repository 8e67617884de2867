"""Reads the rows of a CSV file (made by data.py) into dicts and groups them."""

import csv
import sys


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def group(rows):
    groups = {}
    for row in rows:
        groups.setdefault(row["city"], []).append(float(row["amount"]))
    return {city: sum(amounts) / len(amounts) for city, amounts in groups.items()}


print(len(group(read(sys.argv[1]))))
