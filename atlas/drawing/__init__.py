"""Pixels: stored pictures scaled down, composed into cells, drawn as tiles."""
