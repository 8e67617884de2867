"""Does nothing: what is left is start-up."""
