"""What the pytest plugin consists of; `alloclens.pytest_plugin` only wires it."""
