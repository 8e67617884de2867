"""Interactive views for terminals. Only these files import textual, which is an extra of the package."""
