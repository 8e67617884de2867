"""Its name has spaces and letters beyond ASCII, and so has what it holds."""


def maße_in_bytes(länge):
    maß = bytearray(länge)
    return maß


if __name__ == "__main__":
    größe = maße_in_bytes(3_000_000)
    print("Größe: %d" % len(größe))
