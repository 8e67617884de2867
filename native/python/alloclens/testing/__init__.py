"""What the pytest plugin is made of."""

import sys

import pytest

if sys.version_info < (3, 8):  # only `-p alloclens.pytest_plugin` with the folder on the path comes here
    from alloclens.__main__ import why_not_here

    raise pytest.UsageError(why_not_here())
