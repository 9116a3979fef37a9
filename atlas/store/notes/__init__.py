"""What is noted for others to read: of photos beside their frames, and how far a run is."""
