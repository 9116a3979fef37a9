"""Every picture again from its source, at its exact time and full size."""

from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas, Origin
from frameatlas.drawing.compose import Picture
from frameatlas.drawing.stored_pictures import Pictures
from frameatlas.errors import SourceError
from frameatlas.poster.originals.photo import photo_picture
from frameatlas.poster.originals.video import video_picture
from frameatlas.poster.placement.assignment import EMPTY
from frameatlas.store.content_digest import content_digest
from frameatlas.store.hdf5_reader import dataset_of, open_table


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
                return photo_picture(origin.path)
            return video_picture(origin.path, origin.pts * origin.time_base)
        except SourceError as error:
            self._note(frame, origin.path, str(error))
            return self._stored(frame)

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
            self._compare(origin.path, digests[frame - first] if digests else None)

    def _compare(self, path: Path, digest: str | None) -> None:
        try:
            found = content_digest(path)
        except SourceError as error:
            self._gone[path] = str(error)
            return
        if digest is not None and found != digest:
            raise SourceError(
                f"Expected {path} as it was when it was indexed. Received: a file whose content "
                "has changed; run `frameatlas index` on it again, or leave out --originals."
            )


def _photo_digests(atlas: Atlas, number: int) -> list[str]:
    """Content digest of each photo of a source; none in atlases that do not hold them."""
    path = atlas.folder / "sources" / atlas.sources[number].id / "features.h5"
    with open_table(path) as file:
        if "digests" not in file:
            return []
        return [digest.decode() for digest in dataset_of(file, "digests", path)[:]]
