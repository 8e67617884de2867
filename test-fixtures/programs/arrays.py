"""numpy arrays: their data comes from malloc and calloc, outside Python's own allocators."""

import numpy

numpy.empty(1)
for _ in range(10):
    numpy.empty(1_000_000, dtype="u1")  # empty
    numpy.zeros(2_000_000, dtype="u1")  # zeros
a = numpy.ones(500_000)  # ones
b = a + a  # sum
