"""Originals become frames: the command, which frames are kept, what is missing, photos."""
