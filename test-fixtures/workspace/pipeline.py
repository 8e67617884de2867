"""Sales rows into totals, twice: once all rows at a time, once row by row."""

import argparse
import csv
import random
import statistics
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

COLUMNS = ["day", "customer", "product", "qty", "price"]


def make_csv(path, rows):
    draw = random.Random(7)
    with path.open("w", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(COLUMNS)
        for n in range(rows):
            customer = "customer-%05d" % draw.randrange(4000)
            product = "product-%03d" % draw.randrange(200)
            writer.writerow([n % 365, customer, product, draw.randrange(1, 9), draw.randrange(100, 9999) / 100])


def load_all_rows(path):
    rows = []
    with path.open(newline="") as f:
        for row in csv.DictReader(f):
            rows.append(row)
    return rows


def spend(row):
    return int(row["qty"]) * float(row["price"])


def aggregate(rows):
    amounts = [spend(row) for row in rows]
    totals = defaultdict(float)
    groups = defaultdict(list)
    for row, amount in zip(rows, amounts):
        totals[row["customer"]] += amount
        groups[row["customer"]].append(amount)
    ranked = Counter(totals).most_common()
    medians = {c: statistics.median(v)
               for c, v in groups.items()}
    return ranked, medians


def stream_totals(path):
    totals = defaultdict(float)
    with path.open(newline="") as f:
        for row in csv.DictReader(f):
            totals[row["customer"]] += spend(row)
    return totals


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=120_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "sales.csv")
        make_csv(data, options.rows)
        streamed = stream_totals(data)
        rows = load_all_rows(data)
        ranked, medians = aggregate(rows)
    best, amount = ranked[0]
    assert abs(streamed[best] - amount) < 0.01
    print("%d rows, %d customers; best: %s with %.2f, median %.2f" % (
        len(rows), len(ranked), best, amount, medians[best]))


if __name__ == "__main__":
    main()
