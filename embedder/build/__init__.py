"""Tasks become sources on disk: frames are written, described and renamed into place."""
