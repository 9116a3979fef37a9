"""Short clips of videos that browsers cannot play: cut when asked for, kept, bounded in number."""

from pathlib import Path
from threading import BoundedSemaphore

from frameatlas.browser.caching.file_cache import FileCache
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.originals import Originals
from frameatlas.browser.view.wing_tools import BrowserTools, CutClip
from frameatlas.errors import FrameatlasError, LockedError, MissingExtraError, SpaceError

SECONDS = 12.0
"""Length of a clip."""

AT_ONCE, WAITING = 2, 4
"""Clips that are cut at the same time, and those that may wait for it."""

PATIENCE = 60.0
"""Seconds that a request waits for its turn."""

_ENDING = ".clip"
_MP4_MARK = b"ftyp"


class Clips:
    """Cuts clips and keeps them.

    Args:
        tools: Cuts them.
        cache: Keeps them.
        originals: Finds the videos.
    """

    def __init__(self, tools: BrowserTools, cache: FileCache, originals: Originals) -> None:
        self._cut = tools.cut_clip
        self._cache = cache
        self._originals = originals
        self._turns = BoundedSemaphore(AT_ONCE)
        self._places = BoundedSemaphore(AT_ONCE + WAITING)

    def clip(self, opened: OpenMap, number: int, begin: float) -> tuple[Path, str]:
        """The clip of a video from a time on.

        Args:
            opened: The map.
            number: Of the video.
            begin: Seconds in the video's own time.

        Returns:
            The file and its media type.

        Raises:
            SourceError: The video is not where it was, or cannot be cut.
            LockedError: Too many clips are being cut.
            SpaceError: The cache's disk is full, or its folder may not be written.
            MissingExtraError: Nothing can cut them.
        """
        key = f"{opened.sources[number].digest} {begin:.1f} {SECONDS}"
        path = self._originals.path_of(opened, number)
        found = self._kept(key)
        if found:
            return found
        _bytes_needed(self._cut)
        if not self._places.acquire(blocking=False):
            raise _busy()
        try:
            if not self._turns.acquire(timeout=PATIENCE):
                raise _busy()
            try:
                return self._kept(key) or self._made(key, path, begin)
            finally:
                self._turns.release()
        finally:
            self._places.release()

    def _kept(self, key: str) -> tuple[Path, str] | None:
        path = self._cache.find(key, _ENDING)
        try:
            return (path, media_type_of(path)) if path else None
        except OSError:  # somebody has emptied the cache this very moment
            return None

    def _made(self, key: str, source: Path, begin: float) -> tuple[Path, str]:
        cut = _bytes_needed(self._cut)
        try:
            path = self._cache.fill(key, _ENDING, lambda at: cut(source, begin, SECONDS, at))
            return path, media_type_of(path)
        except FrameatlasError:
            raise
        except OSError as error:
            raise SpaceError(
                f"Expected the page's cache to take a clip. Received: {error.strerror or error}; "
                "free some space on its disk, or see that its folder can be written."
            ) from error


def media_type_of(path: Path) -> str:
    """Media type of a clip, by its first bytes: FFmpegs differ in what they can write."""
    with path.open("rb") as file:
        return "video/mp4" if file.read(8)[4:] == _MP4_MARK else "video/webm"


def _bytes_needed(cut: CutClip | None) -> CutClip:
    if cut is None:
        raise MissingExtraError(
            "Expected FFmpeg to cut a clip. Received: a page that was made without it; "
            "start it with `frameatlas browse`."
        )
    return cut


def _busy() -> LockedError:
    return LockedError(
        f"Expected at most {AT_ONCE + WAITING} clips in the making. Received: one more; "
        "try again in some seconds."
    )
