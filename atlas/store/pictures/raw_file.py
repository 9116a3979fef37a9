"""``frames.npy``: pictures byte for byte, each read when it is asked for.

Read and not memory-mapped: a page fault costs more than copying the page, faults stop all Python
threads while the disk works, and a mapped file that another program cuts short ends the process.
"""

import threading
import tokenize
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError
from frameatlas.store.column_rules import LONGEST_FRAME
from frameatlas.store.pictures.picture_file import KnownFacts, damaged

NPY_ERRORS = (
    *(OSError, EOFError, ValueError, TypeError, KeyError, SyntaxError, tokenize.TokenError),
    *(OverflowError, MemoryError, RecursionError),
)
"""For ``except``, around ``np.load`` and around reading a header."""

_PARSING = threading.Lock()
"""NumPy parses a header as Python; two threads that do so at once are told by Python 3.11, now and
then, that "AST constructor recursion depth mismatch"."""


@dataclass(frozen=True)
class _Header:
    """What the header of a ``frames.npy`` says.

    Attributes:
        start: Bytes before the first picture.
        shape: Height, width and 3.
    """

    start: int
    shape: tuple[int, int, int]

    @property
    def picture(self) -> int:
        """Bytes of a picture."""
        height, width, colours = self.shape
        return height * width * colours


class RawFile:
    """The pictures of a ``frames.npy``; see ``PictureFile``. It stays open at no time.

    Args:
        path: The file.
        count: How many pictures it should hold.
    """

    reduces = False

    def __init__(self, path: Path, count: int) -> None:
        self._path, self._count = path, count
        self._header = KnownFacts(self._read_header)

    def picture(self, row: int) -> NDArray[np.uint8]:
        """See ``PictureFile``."""
        try:
            with FileIO(self._path) as file:
                header = self._header.of(file)
                picture = np.empty(header.shape, np.uint8)
                file.seek(header.start + row * header.picture)
                got = file.readinto(picture.data.cast("B"))
        except DamagedAtlasError:
            raise
        except NPY_ERRORS as error:
            raise damaged(self._path, self._count, str(error)) from error
        if got != header.picture:
            received = f"only {got} of {header.picture} bytes of one"
            raise damaged(self._path, self._count, received)
        return picture

    def reduced(self, row: int, by: int) -> NDArray[np.uint8]:
        """See ``PictureFile``: all bytes have to be read, whatever is wanted of them."""
        assert by == 1
        return self.picture(row)

    def _read_header(self, file: FileIO, size: int) -> _Header:
        shape, start = self._parsed(file)
        header = _Header(start, shape)
        if start + self._count * header.picture > size or not header.picture:
            raise damaged(self._path, self._count, f"{size} bytes, which are not so many")
        return header

    def _parsed(self, file: FileIO) -> tuple[tuple[int, int, int], int]:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        with _PARSING:
            shape, by_columns, dtype = read(file)
        expected = self._count
        if dtype != np.uint8 or by_columns or len(shape) != 4 or shape[::3] != (expected, 3):
            raise DamagedAtlasError(
                f"Expected {self._path} to be uint8 of shape ({expected}, height, width, "
                f"3). Received: {dtype} of shape {shape}. Run `frameatlas index` again to repair "
                "it."
            )
        if max(shape[1:3]) > LONGEST_FRAME:
            received = f"pictures of {shape[2]} × {shape[1]} pixels"
            raise damaged(self._path, expected, received)
        return (shape[1], shape[2], 3), file.tell()
