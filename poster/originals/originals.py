"""Every picture again from its source, at its exact time and full size."""

from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.drawing.compose import Picture
from frameatlas.drawing.stored_pictures import Pictures
from frameatlas.errors import SourceError
from frameatlas.photos.photo import photo_pages
from frameatlas.poster.originals.photo import photo_picture
from frameatlas.poster.originals.video import video_picture
from frameatlas.poster.placement.assignment import EMPTY
from frameatlas.store.content_digest import content_digest
from frameatlas.store.frame_origin import Origin
from frameatlas.store.hdf5_reader import Hdf5Rows, open_table


class OriginalPictures:
    """Pictures from the sources; where a source is gone, the stored frames stand in.

    All sources are looked at before the first picture: a poster half of one version of a video
    and half of another would be worse than none.

    Args:
        atlas: The atlas.
        frames: int64, the frames that will be asked for; -1 for none.
        stored: Gives the stored frames.

    Raises:
        SourceError: A source's file is not the one that was indexed.
    """

    def __init__(self, atlas: Atlas, frames: NDArray[np.int64], stored: Pictures) -> None:
        self._atlas = atlas
        self._stored = stored
        self._gone: dict[Path, str] = {}
        self._failed: dict[Path, tuple[int, str]] = {}
        self._pages: dict[Path, tuple[int, ...]] = {}
        self._lock = Lock()
        wanted = np.unique(frames[frames != EMPTY])
        numbers = atlas.source_numbers[wanted]
        for number in np.unique(numbers).tolist():
            self._look_at(number, wanted[numbers == number])

    @property
    def missing(self) -> tuple[str, ...]:
        """Files that gave no originals, and why, one sentence each."""
        failed = {path: reason for path, (_, reason) in self._failed.items()}
        return tuple(f"{path}: {why}" for path, why in sorted((self._gone | failed).items()))

    def __call__(self, frame: int, /) -> Picture:
        """The original of a frame, or the stored frame where there is none."""
        origin = self._atlas.origins[frame]
        if origin.path in self._gone:
            return self._stored(frame)
        try:
            if origin.source.kind == "photos":
                return photo_picture(origin.path, self._page_of(frame))
            return video_picture(origin.path, origin.pts * origin.time_base)
        except SourceError as error:
            self._note(frame, origin.path, str(error))
            return self._stored(frame)

    def _page_of(self, frame: int) -> int:
        """Number of the directory that a frame of a many-paged TIFF shows; 0 for other photos."""
        path = self._atlas.origins[frame].path
        if path not in self._pages:
            self._pages[path] = photo_pages(path)
        pages = self._pages[path]
        if len(pages) < 2:
            return 0
        before = frame
        first = int(self._atlas.offsets[int(self._atlas.source_numbers[frame])])
        while before > first and self._atlas.origins[before - 1].path == path:
            before -= 1
        return pages[min(frame - before, len(pages) - 1)]

    def _note(self, frame: int, path: Path, reason: str) -> None:
        """Of several frames that fail, the first is named, whichever thread comes first."""
        with self._lock:
            self._failed[path] = min(self._failed.get(path, (frame, reason)), (frame, reason))

    def _look_at(self, number: int, frames: NDArray[np.int64]) -> None:
        """Note a source's files that are gone, and refuse changed ones."""
        source = self._atlas.sources[number]
        if source.kind == "video":
            self._compare(Path(source.path), source.digest)
            return
        digests = _photo_digests(self._atlas, number)
        first = int(self._atlas.offsets[number])
        for frame in frames.tolist():
            origin: Origin = self._atlas.origins[frame]
            self._compare(origin.path, digests[frame - first] if digests else "")

    def _compare(self, path: Path, digest: str) -> None:
        """Look at a file only where its content is the one that was indexed.

        An atlas from elsewhere could name any picture of this machine.
        """
        if not digest:
            self._gone[path] = "the atlas does not say what its content was"
            return
        try:
            found = content_digest(path)
        except SourceError as error:
            self._gone[path] = str(error)
            return
        if found != digest:
            raise SourceError(
                f"Expected {path} as it was when it was indexed. Received: a file whose content "
                "has changed; run `frameatlas index` on it again, or leave out --originals."
            )


def _photo_digests(atlas: Atlas, number: int) -> list[str]:
    """Content digest of each photo of a source; none in atlases that do not hold them."""
    source = atlas.sources[number]
    path = atlas.folder / "sources" / source.id / "features.h5"
    with open_table(path) as file:
        if "digests" not in file:
            return []
    stored = Hdf5Rows(path, "digests", (source.frames,))[:]
    return [digest.decode("ascii", "replace") for digest in stored]
