"""The shots of an atlas as the page knows them, found anew when another process finds more."""

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.browser.caching.lazy_value import Once
from frameatlas.browser.view.known.source_folders import SourceFolders
from frameatlas.errors import DamagedAtlasError
from frameatlas.shots import Shots
from frameatlas.store.digests import text_digest
from frameatlas.store.shot_table import SHOTS_FILE


class KnownShots:
    """Shots, read again where another process has found some. Safe to use from many threads.

    Args:
        atlas: The atlas.
        folders: Tell whether anything has changed.
    """

    def __init__(self, atlas: Atlas, folders: SourceFolders) -> None:
        self._atlas, self._folders = atlas, folders
        self._lock = Lock()
        self._seen: int | None = None
        self._read = _Read(atlas)

    def shots(self) -> Shots:
        """All shots as they are now."""
        return self._now().shots

    def groups(self) -> NDArray[np.int64] | None:
        """Numbers of the frames' shots, int64 of shape (n,), rising; None where none are known."""
        return self._now().groups()

    @property
    def revision(self) -> str | None:
        """Another whenever other shots are known; None where none are."""
        return self._now().revision()

    def _now(self) -> "_Read":
        seen = self._folders.stamp()
        with self._lock:
            if seen != self._seen:
                self._seen, self._read = seen, _Read(self._atlas)
            return self._read


class _Read:
    """Shots as they were at one moment."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self.shots = Shots(atlas)
        self.groups: Once[NDArray[np.int64] | None] = Once(self._groups)
        self.revision: Once[str | None] = Once(self._revision)

    def _groups(self) -> NDArray[np.int64] | None:
        try:
            return self.shots.groups if self.shots.known else None
        except DamagedAtlasError:
            return None  # `frameatlas check` names the file; every frame is shown meanwhile

    def _revision(self) -> str | None:
        files = [self._file(source.id) for source in self._atlas.sources]
        return text_digest(str(files))[:12] if any(files) else None

    def _file(self, source: str) -> tuple[int, int] | None:
        try:
            found = (self._atlas.folder / "sources" / source / SHOTS_FILE).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
