"""Everyday code for a comparison, line by line, with another tracker."""

import json

FILL = b"x"


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def moved(self, by):
        return Point(self.x + by, self.y - by)


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


def numbers(n):
    total = 0
    for i in range(n):
        total += i * 1_000_003
    return total


def strings(n):
    words = []
    for i in range(n):
        words.append("word %d" % i)
    text = " ".join(words)
    parts = text.split(" ")
    return text.upper() + str(len(parts))


def containers(n):
    table = {}
    for i in range(n):
        table[i] = (i, i + 1)
    both = set(table)
    ordered = sorted(both, reverse=True)
    return dict(zip(ordered, table.values()))


def objects(n):
    points = []
    for i in range(n):
        points.append(Point(i, i))
    moved = [point.moved(1_000) for point in points]
    slotted = list(map(Slotted, moved))
    return slotted


def documents(n):
    text = json.dumps({"rows": [{"id": i, "name": "row %d" % i} for i in range(n)]})
    return json.loads(text)


def buffers(n):
    data = bytearray()
    for _ in range(n):
        data.extend(FILL * 10_000)
    chunks = [bytes(data[i : i + 5_000]) for i in range(0, len(data), 5_000)]
    return FILL.join(chunks)


def recursion(n):
    if n == 0:
        return []
    rest = recursion(n - 1)
    rest.append(FILL * 1_000)
    return rest


def main():
    keep = []
    for _ in range(3):
        keep.append(numbers(2_000))
        keep.append(strings(2_000))
        keep.append(containers(2_000))
        keep.append(objects(1_000))
        keep.append(documents(500))
        keep.append(buffers(100))
        keep.append(recursion(200))
    return keep


main()
