"""frameatlas."""
