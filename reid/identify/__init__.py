"""Crops become players: distances, constraints, linkage, threshold, confidence."""
