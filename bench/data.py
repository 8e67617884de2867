"""Input files of the programs, made once in a cache folder; the same bytes every time."""

import csv
import json
import random
from pathlib import Path


def json_document(folder: Path, megabytes: float) -> Path:
    path = folder / f"document-{megabytes:g}.json"
    if path.exists():
        return path
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 12))) for _ in range(5000)]
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        file.write("[")
        for i in range(1 << 30):
            record = {
                "id": i,
                "name": " ".join(chance.choices(words, k=3)),
                "score": chance.random(),
                "tags": chance.choices(words, k=chance.randint(0, 6)),
                "place": {
                    "city": chance.choice(words),
                    "position": [chance.random(), chance.random()],
                    "known": i % 3 == 0,
                },
            }
            file.write(json.dumps(record))
            if file.tell() > megabytes * 1e6:
                break
            file.write(",\n")
        file.write("]")
    part.rename(path)
    return path


def csv_rows(folder: Path, rows: int) -> Path:
    path = folder / f"rows-{rows}.csv"
    if path.exists():
        return path
    chance = random.Random(2)
    cities = [f"city {i}" for i in range(200)]
    part = path.with_suffix(".part")
    with part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "city", "amount", "currency", "comment"])
        for i in range(rows):
            writer.writerow([i, chance.choice(cities), f"{chance.random() * 1000:.2f}", "EUR", f"comment {i * 7919}"])
    part.rename(path)
    return path
