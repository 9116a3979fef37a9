"""All pictures of an atlas, one source after the other, each read when it is asked for.

Read and not memory-mapped: a page fault costs more than copying the page, faults stop all Python
threads while the disk works, and a mapped file that another program cuts short ends the process.
"""

import os
import threading
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError
from frameatlas.store.column_rules import LONGEST_FRAME
from frameatlas.store.rows import row_numbers

NPY_ERRORS = (
    *(OSError, EOFError, ValueError, TypeError, KeyError, SyntaxError, tokenize.TokenError),
    *(OverflowError, MemoryError, RecursionError),
)
"""For ``except``, around ``np.load`` and around reading a header."""

_PARSING = threading.Lock()
"""NumPy parses a header as Python; two threads that do so at once are told by Python 3.11, now and
then, that "AST constructor recursion depth mismatch"."""


@dataclass(frozen=True)
class _Stored:
    """What the header of a ``frames.npy`` says.

    Attributes:
        file: Tells whether the file is still the one whose header was read.
        start: Bytes before the first picture.
        shape: Height, width and 3.
    """

    file: tuple[int, int, int]
    start: int
    shape: tuple[int, int, int]

    @property
    def picture(self) -> int:
        """Bytes of a picture."""
        height, width, colours = self.shape
        return height * width * colours


class AtlasFrames:
    """Pictures by number. Sources may differ in frame size, so there is no single array.

    Safe to use from many threads; no file stays open.

    Args:
        paths: ``frames.npy`` of each source that has frames.
        lengths: Number of frames of each.
    """

    def __init__(self, paths: Sequence[Path], lengths: Sequence[int]) -> None:
        self._paths = list(paths)
        self._offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        self._headers: dict[int, _Stored] = {}

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
        if not -len(self) <= index < len(self):
            raise IndexError(f"Expected a frame below {len(self)}. Received: {index}.")
        index = int(index) % len(self)
        part = int(np.searchsorted(self._offsets, index, side="right")) - 1
        picture = self._read(part, index - int(self._offsets[part]))
        picture.setflags(write=False)
        return picture

    def _read(self, part: int, row: int) -> NDArray[np.uint8]:
        try:
            with FileIO(self._paths[part]) as file:
                stored = self._header(part, file)
                picture = np.empty(stored.shape, np.uint8)
                file.seek(stored.start + row * stored.picture)
                got = file.readinto(picture.data.cast("B"))
        except DamagedAtlasError:
            raise
        except NPY_ERRORS as error:
            raise self._damaged(part, str(error)) from error
        if got != stored.picture:
            raise self._damaged(part, f"only {got} of {stored.picture} bytes of one")
        return picture

    def _header(self, part: int, file: FileIO) -> _Stored:
        """What the header says, read again where the file was replaced by another."""
        found = os.fstat(file.fileno())
        mark = (found.st_ino, found.st_mtime_ns, found.st_size)
        known = self._headers.get(part)
        if known is None or known.file != mark:
            shape, start = self._parsed(part, file)
            known = _Stored(mark, start, shape)
            if start + self._count(part) * known.picture > found.st_size or not known.picture:
                raise self._damaged(part, f"{found.st_size} bytes, which are not so many")
            self._headers[part] = known
        return known

    def _parsed(self, part: int, file: FileIO) -> tuple[tuple[int, int, int], int]:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        with _PARSING:
            shape, by_columns, dtype = read(file)
        expected = self._count(part)
        if dtype != np.uint8 or by_columns or len(shape) != 4 or shape[::3] != (expected, 3):
            raise DamagedAtlasError(
                f"Expected {self._paths[part]} to be uint8 of shape ({expected}, height, width, "
                f"3). Received: {dtype} of shape {shape}. Run `frameatlas index` again to repair "
                "it."
            )
        if max(shape[1:3]) > LONGEST_FRAME:
            raise self._damaged(part, f"pictures of {shape[2]} × {shape[1]} pixels")
        return (shape[1], shape[2], 3), file.tell()

    def _count(self, part: int) -> int:
        return int(self._offsets[part + 1] - self._offsets[part])

    def _damaged(self, part: int, received: str) -> DamagedAtlasError:
        expected = self._count(part)
        return DamagedAtlasError(
            f"Expected {self._paths[part]} to hold {expected} frames. Received: {received}. Run "
            "`frameatlas index` on the same videos to repair it."
        )


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
