"""Where a cell's picture comes from: the atlas' stored frames, or the originals."""

import mmap
from threading import Lock
from typing import Protocol

from frameatlas.atlas import Atlas
from frameatlas.composer import Picture

KEPT_MAPPED = 40 << 20
"""Bytes of frames after which the process gives their memory back.

Pages of a memory map stay with the process until the system wants them, so that a poster of a
gigapixel would look as if it needed three gigabytes. They remain in the system's cache.
"""


class Pictures(Protocol):
    """Gives the picture of a frame; may be called from several threads."""

    def __call__(self, frame: int, /) -> Picture:
        """uint8 of shape (height, width, 3), RGB, without padding."""


class StoredPictures:
    """The frames as they are stored in the atlas.

    Args:
        atlas: The atlas.
    """

    def __init__(self, atlas: Atlas) -> None:
        self._frames = atlas.frames
        self._boxes = atlas.boxes
        self._maps: dict[int, mmap.mmap] = {}
        self._mapped = 0
        self._lock = Lock()

    def __call__(self, frame: int, /) -> Picture:
        """The part of a stored frame that is picture; a view of the memory map."""
        x, y, width, height = self._boxes[frame].tolist()
        picture = self._frames[frame]
        self._count(picture)
        return picture[y : y + height, x : x + width]

    def _count(self, picture: Picture) -> None:
        """Note what is mapped, and let go of it from time to time; views stay valid."""
        memory = _map_of(picture)
        if memory is None or not hasattr(mmap, "MADV_DONTNEED"):
            return
        with self._lock:
            self._maps[id(memory)] = memory
            self._mapped += picture.nbytes
            if self._mapped < KEPT_MAPPED:
                return
            for mapped in self._maps.values():
                mapped.madvise(mmap.MADV_DONTNEED)
            self._maps.clear()
            self._mapped = 0


def _map_of(picture: Picture) -> mmap.mmap | None:
    """The memory map behind an array; None where there is none."""
    base: object = picture
    while base is not None and not isinstance(base, mmap.mmap):
        base = getattr(base, "base", None)
    return base
