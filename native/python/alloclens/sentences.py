"""What the launcher says to the user: on standard error, so that the program's output stays its own."""

import posix


class Refusal(Exception):
    """The command can't be carried out; the message is a sentence that says why and what to do."""


def say(text: str) -> None:
    """Writes to file descriptor 2 itself: `sys.stderr` belongs to the program, and may be closed or replaced."""
    message = memoryview(f"alloclens: {text}\n".encode("utf-8", "backslashreplace"))
    try:
        while message:
            message = message[posix.write(2, message) :]
    except OSError:
        pass  # nobody listens
