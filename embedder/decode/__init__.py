"""Originals become frames: FFmpeg's process, its log, which frames are kept, photos."""
