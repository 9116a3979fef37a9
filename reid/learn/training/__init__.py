"""One training loop, and all that decides what it sees."""
