"""The reports of the terminal: each file presents one of them, made of core's numbers alone."""
