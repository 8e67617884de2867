"""Code objects that die and whose addresses return: 2,000 of them, each allocates once on its own line."""

FILL = b"x"

for number in range(1000):
    above = "\n" * (number % 7)
    exec(compile(above + "data = FILL * 70_000", "<module %d>" % number, "exec"), {"FILL": FILL})
    names = {"FILL": FILL}
    exec(compile(above + "def made():\n  return not FILL * 80_000", "<function %d>" % number, "exec"), names)
    names["made"]()
    del names
