"""python -m inventory [--items N] [--label TEXT]"""

import argparse

from inventory.shelf import Shelf

parser = argparse.ArgumentParser(prog="inventory")
parser.add_argument("--items", type=int, default=10_000)
parser.add_argument("--label", default="inventory")
options = parser.parse_args()
shelf = Shelf(options.items)
print("%s: %d items" % (options.label, len(shelf)))
