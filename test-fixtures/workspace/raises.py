"""Ends with an uncaught exception, after it has allocated something worth seeing."""


def reserve(stock, wanted):
    crates = [bytearray(100_000) for _ in range(wanted)]
    if wanted > stock:
        raise ValueError("only %d crates in stock, %d wanted" % (stock, len(crates)))
    return crates


reserve(stock=30, wanted=50)
