"""Forks, and starts another program: what these allocate is not this run's."""

import os
import subprocess
import sys

FILL = b"x"

data = FILL * 1_000_000  # before
child = os.fork()
if child == 0:
    data = FILL * 2_000_000  # child
    sys.exit(0)
os.waitpid(child, 0)
subprocess.run([sys.executable, "-c", "b'x' * 3_000_000"], check=True)
data = FILL * 1_000_000  # after
