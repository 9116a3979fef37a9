"""All pictures of an atlas, one source after the other, each read when it is asked for."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from frameatlas.store.manifest import Made, Source
from frameatlas.store.pictures.jpeg_file import JpegFile
from frameatlas.store.pictures.picture_file import (
    PICTURE_FILES,
    PictureFile,
    picture_name,
)
from frameatlas.store.pictures.raw_file import RawFile
from frameatlas.store.rows import row_numbers


class AtlasFrames:
    """Pictures by number. Sources may differ in frame size, so there is no single array.

    Safe to use from many threads; no file stays open.

    Args:
        paths: ``frames.npy`` or ``frames.jpeg`` of each source that has frames.
        lengths: Number of frames of each.
    """

    def __init__(self, paths: Sequence[Path], lengths: Sequence[int]) -> None:
        self._offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        self._files = [_opened(*pair) for pair in zip(paths, lengths, strict=True)]

    @classmethod
    def of(cls, folder: Path, sources: Sequence[Source], made: Made) -> "AtlasFrames":
        """Those of an atlas.

        Args:
            folder: Its folder ``sources``.
            sources: Those that have frames.
            made: How they were made.
        """
        names = [picture_name(source.files, made.store) for source in sources]
        paths = [folder / s.id / name for s, name in zip(sources, names, strict=True)]
        return cls(paths, [source.frames for source in sources])

    def __len__(self) -> int:
        return int(self._offsets[-1])

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        return (self[index] for index in range(len(self)))

    @overload
    def __getitem__(self, index: int, /) -> NDArray[np.uint8]: ...

    @overload
    def __getitem__(self, index: slice | NDArray[Any] | Sequence[int], /) -> "SelectedFrames": ...

    def __getitem__(
        self, index: int | slice | NDArray[Any] | Sequence[int], /
    ) -> "NDArray[np.uint8] | SelectedFrames":
        """One picture, uint8 of shape (height, width, 3), RGB, read-only; or some, not yet read.

        Args:
            index: A number, or a slice, numbers or a mask; negative numbers count from the end.
        """
        if not isinstance(index, int | np.integer):
            return SelectedFrames(self, row_numbers(index, len(self)))
        file, row = self._place(int(index))
        picture = file.picture(row)
        picture.setflags(write=False)
        return picture

    def reduces(self, index: int) -> bool:
        """Whether a picture is read sooner where a smaller one will do."""
        return self._place(index)[0].reduces

    def reduced(self, index: int, by: int) -> NDArray[np.uint8]:
        """A picture whose sides are shorter by a whole factor, rounded up.

        Args:
            index: The number of one that ``reduces``.
            by: 1, or one of ``jpeg_coding.REDUCTIONS``, no more than a side has pixels.
        """
        file, row = self._place(index)
        return np.asarray(file.reduced(row, by), np.uint8)

    def _place(self, index: int) -> tuple[PictureFile, int]:
        """The file of a picture, and its row there."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"Expected a frame below {len(self)}. Received: {index}.")
        index %= len(self)
        part = int(np.searchsorted(self._offsets, index, side="right")) - 1
        return self._files[part], index - int(self._offsets[part])


def _opened(path: Path, count: int) -> PictureFile:
    """The file's reader; nothing is read yet."""
    return (JpegFile if path.name == PICTURE_FILES["jpeg"] else RawFile)(path, count)


class SelectedFrames:
    """Some of an atlas' pictures in an order of their own, each read when it is asked for.

    Args:
        frames: All pictures.
        numbers: int64 of shape (m,): which.
    """

    def __init__(self, frames: AtlasFrames, numbers: NDArray[np.int64]) -> None:
        self._frames, self._numbers = frames, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        return (self._frames[number] for number in self._numbers.tolist())

    @overload
    def __getitem__(self, index: int, /) -> NDArray[np.uint8]: ...

    @overload
    def __getitem__(self, index: slice | NDArray[Any] | Sequence[int], /) -> "SelectedFrames": ...

    def __getitem__(
        self, index: int | slice | NDArray[Any] | Sequence[int], /
    ) -> "NDArray[np.uint8] | SelectedFrames":
        """As of ``AtlasFrames``."""
        if isinstance(index, int | np.integer):
            return self._frames[int(self._numbers[index])]
        return SelectedFrames(self._frames, self._numbers[row_numbers(index, len(self))])
