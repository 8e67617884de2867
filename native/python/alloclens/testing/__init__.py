"""What the pytest plugin is made of."""

import sys

if sys.version_info < (3, 8):  # only `-p alloclens.pytest_plugin` with the folder on the path comes here
    import pytest  # not above: `alloclens tests` compares reports where there is none

    from alloclens.__main__ import why_not_here

    raise pytest.UsageError(why_not_here())
