"""Drawn games with known truth."""
