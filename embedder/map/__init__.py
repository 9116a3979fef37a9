"""Codes become coordinates: stretch, placing of new frames, and how good the map is."""
