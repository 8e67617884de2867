"""Watching a program while it runs: its capture is tailed, here or by a server beside the program."""
