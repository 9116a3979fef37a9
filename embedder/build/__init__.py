"""Tasks become sources on disk: frames are written, described, checkpointed and renamed into place."""
