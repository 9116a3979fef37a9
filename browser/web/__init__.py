"""Parameters in, responses out."""
