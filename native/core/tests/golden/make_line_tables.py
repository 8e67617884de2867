"""Writes the line tables of tricky functions, and which line each instruction has according to CPython itself.

    for python in python3.8 … python3.15; do $python make_line_tables.py; done

Each line of lines-3.X.jsonl is a code object: `lines` are runs of [code units, line or null].
"""

import dis
import json
import sys

SOURCE = (
    '''
import functools

def decorator(function):
    return function

@decorator
@functools.lru_cache(
    maxsize=None
)
def decorated(a, b=1,
              *c):
    return (a +
            b +
            len(c))

def closure(x):
    y = x
    def inner():
        nonlocal y
        y += 1
        return y
    return [inner() for _ in range(x)
            if x]

def generator(n):
    for i in range(n):
        try:
            yield (i,
                   n)
        finally:
            print(i,
                  n,
                  sep="")

async def coroutine(n):
    async with n as m:
        await m
    return [x async for x in m]

def calls_back_and_forth(a, b):
    return a(
        b(
            1,
            2),
        [a
         for a in b],
        {k:
         v for k, v in a}
    )(b)

def handlers(a):
    try:
        a()
    except (ValueError,
            TypeError) as e:
        raise a from e
    else:
        with a as b, b as c:
            return c
    while a:
        if a: continue
        break

class Class:
    """doc"""
    attribute = [1,
                 2]
    def method(self): return super().method()

    lam = lambda self: (
        self)

def long_expression(a):
    return ('''
    + " + ".join("a[%d]" % i for i in range(200))
    + """)

def far_lines(a):
    a()
"""
    + "\n" * 140
    + """
    a(1)
"""
    + "\n" * 300
    + """
    a(
"""
    + "\n" * 400
    + """
        2)
    return a

def straight(a):
"""
    + "\n".join("    a.b%d = %d" % (i, i) for i in range(300))
    + "\n"
)


def code_objects(code):
    yield code
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            yield from code_objects(constant)


def runs(code):
    """[code units, line] from the first instruction on."""
    units = len(code.co_code) // 2
    lines = [None] * units
    if hasattr(code, "co_lines"):
        for begin, end, line in code.co_lines():
            for unit in range(begin // 2, min(end // 2, units)):
                lines[unit] = line
    else:
        starts = dict(dis.findlinestarts(code))
        line = code.co_firstlineno
        for unit in range(units):
            line = starts.get(unit * 2, line)
            lines[unit] = line
    result = []
    for line in lines:
        if result and result[-1][1] == line:
            result[-1][0] += 1
        else:
            result.append([1, line])
    return result


def main():
    version = sys.version_info[:2]
    kind = "lnotab" if version < (3, 10) else "pep626" if version < (3, 11) else "locations"
    with open("lines-%d.%d.jsonl" % version, "w") as out:
        for code in code_objects(compile(SOURCE, "tricky.py", "exec")):
            table = code.co_lnotab if kind == "lnotab" else code.co_linetable
            row = {
                "name": code.co_name,
                "kind": kind,
                "first_line": code.co_firstlineno,
                "table": table.hex(),
                "lines": runs(code),
            }
            out.write(json.dumps(row, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
