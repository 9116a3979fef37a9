"""What is like what, by numbers alone: frames, clips, videos, near-duplicates."""
