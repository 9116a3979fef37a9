"""Whether what lies beside the frames of a source has changed: shots, dates, subtitles."""

import time
from threading import Lock

from frameatlas.atlas import Atlas

LOOK_AGAIN = 1.0
"""Seconds for which the folders are taken to be as they were."""

SHARE = 50
"""Looking takes at most one of so many seconds: a hundred thousand folders are not free."""


class SourceFolders:
    """The folders of an atlas' sources, into which other processes put files.

    Safe to use from many threads.

    Args:
        atlas: The atlas.
    """

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._lock = Lock()
        self._next = -1.0
        self._stamp = 0

    def stamp(self) -> int:
        """Another when a file has come into one of the folders, or has been replaced."""
        with self._lock:
            began = time.monotonic()
            if began >= self._next:
                self._stamp = self._looked()
                took = time.monotonic() - began
                self._next = began + max(LOOK_AGAIN, SHARE * took)
            return self._stamp

    def _looked(self) -> int:
        # A file that is put into a folder in one step changes the folder's own time.
        return hash(tuple(self._time_of(source.id) for source in self._atlas.sources))

    def _time_of(self, source: str) -> int:
        try:
            return (self._atlas.folder / "sources" / source).stat().st_mtime_ns
        except OSError:
            return 0
