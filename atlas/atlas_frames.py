"""All pictures of an atlas, memory-mapped, one source after the other."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError
from frameatlas.frames import Pixels

# Each open map costs a file handle and address space, and systems limit both.
_OPEN_MAPS = 256


class AtlasFrames:
    """Pictures by number. Sources may differ in frame size, so there is no single array.

    Args:
        paths: ``frames.npy`` of each source that has frames.
        lengths: Number of frames of each.
    """

    def __init__(self, paths: Sequence[Path], lengths: Sequence[int]) -> None:
        self._paths = list(paths)
        self._offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        self._open = lru_cache(maxsize=_OPEN_MAPS)(self._map)

    def __len__(self) -> int:
        return int(self._offsets[-1])

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """One picture, uint8 of shape (height, width, 3), RGB, read-only."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"Expected a frame below {len(self)}. Received: {index}.")
        index = int(index) % len(self)
        part = int(np.searchsorted(self._offsets, index, side="right")) - 1
        return np.asarray(self._open(part)[index - int(self._offsets[part])])

    def _map(self, part: int) -> Pixels:
        path = self._paths[part]
        expected = int(self._offsets[part + 1] - self._offsets[part])
        try:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise DamagedAtlasError(
                f"Expected {path} to hold {expected} frames. Received: {error}. Run `frameatlas "
                "index` on the same videos to repair it."
            ) from error
        if array.dtype != np.uint8 or array.ndim != 4 or array.shape[::3] != (expected, 3):
            raise DamagedAtlasError(
                f"Expected {path} to be uint8 of shape ({expected}, height, width, 3). Received: "
                f"{array.dtype} of shape {array.shape}. Run `frameatlas index` again to repair it."
            )
        return np.asanyarray(array, dtype=np.uint8)
