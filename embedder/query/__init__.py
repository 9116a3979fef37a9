"""Pictures and clips from outside described like frames, to search by."""
