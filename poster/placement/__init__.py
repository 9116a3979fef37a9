"""Which frame lies in which cell."""
