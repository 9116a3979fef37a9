"""Pictures read again from the originals, at full size."""
