"""Readers of what trackers and annotation tools write: one small file each, behind one seam."""
