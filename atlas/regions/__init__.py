"""Regions of the map: clusters within clusters, their names, and whose words those are."""
