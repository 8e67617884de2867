"""Its memory is allocated in a file beside it."""

import prices

if __name__ == "__main__":
    table = prices.load(50_000)
    print("%d prices, the last is %.2f" % (len(table), table["article 49999"]))
