"""What a file of stored pictures can be asked, whatever its form."""

import os
from collections.abc import Callable, Iterable
from io import FileIO
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError

PICTURE_FILES = {"raw": "frames.npy", "jpeg": "frames.jpeg"}
"""By how an atlas stores its pictures, the file of each source that holds them."""

Facts = TypeVar("Facts")


class PictureFile(Protocol):
    """The pictures of one source, read one at a time; safe to use from many threads."""

    reduces: bool
    """Whether ``reduced`` costs less than ``picture``."""

    def picture(self, row: int) -> NDArray:  # type: ignore[type-arg]
        """A picture, uint8 of shape (height, width, 3), RGB.

        Raises:
            DamagedAtlasError: It cannot be read; the message says why.
        """

    def reduced(self, row: int, by: int) -> NDArray:  # type: ignore[type-arg]
        """A picture whose sides are a whole factor shorter, rounded up, where ``reduces``.

        Args:
            row: Which picture.
            by: 1, or one of ``jpeg_coding.REDUCTIONS``, no more than a side has pixels.
        """


class KnownFacts(Generic[Facts]):
    """What a file says of its pictures: read once, and again where another file took its place.

    Args:
        read: Gives it, of the open file and its size in bytes.
    """

    def __init__(self, read: Callable[[FileIO, int], Facts]) -> None:
        self._read = read
        self._known: tuple[tuple[int, int, int], Facts] | None = None

    def of(self, file: FileIO) -> Facts:
        """What an open file says."""
        found = os.fstat(file.fileno())
        mark = (found.st_ino, found.st_mtime_ns, found.st_size)
        known = self._known
        if known is None or known[0] != mark:
            known = self._known = (mark, self._read(file, found.st_size))
        return known[1]


def picture_name(files: Iterable[str], store: str) -> str:
    """The file of a source's pictures: the one that it has, else that of the atlas' form."""
    return next((n for n in files if n in PICTURE_FILES.values()), PICTURE_FILES[store])


def read_bytes(file: FileIO, start: int, length: int) -> bytes:
    """So many bytes of an open file, fewer where it ends before."""
    file.seek(start)
    data = b""
    while len(data) < length and (piece := file.read(length - len(data))):
        data += piece
    return data


def damaged(path: Path, count: int, received: str) -> DamagedAtlasError:
    """The error of a file that does not hold the pictures that it should."""
    return DamagedAtlasError(
        f"Expected {path} to hold {count} frames. Received: {received}. Run "
        "`frameatlas index` on the same videos to repair it."
    )
