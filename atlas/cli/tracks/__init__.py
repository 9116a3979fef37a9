"""``frameatlas players``: where its boxes come from: files of tracks, or a detector."""
