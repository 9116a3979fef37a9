"""``frames.jpeg``: pictures as JPEG, one after the other, and where each of them ends.

The file begins with its first picture: image viewers show that, and ``ffplay -f mjpeg`` plays all.
After the last one come the ends, and an ending that says how many there are:

    n pictures | ends: n × uint64 | n: uint64, width: uint32, height: uint32, b"frames-1"

Numbers are little-endian; an end is the number of bytes up to there, so a picture begins where the
one before ends, the first at 0. All pictures are of one size.
"""

import struct
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError
from frameatlas.store.column_rules import LONGEST_FRAME
from frameatlas.store.pictures.jpeg_coding import (
    HEAD,
    SMALLER,
    averaged,
    copy_place,
    decode_jpeg,
    rounded_up,
)
from frameatlas.store.pictures.picture_file import KnownFacts, damaged, read_bytes

MAGIC = b"frames-1"
ENDING = struct.Struct("<QII8s")
END = struct.Struct("<Q")

_BYTES_OF_PIXEL = 8
"""No JPEG of ours has more: a picture that says so would only ask for memory."""


def ending_of(count: int, width: int, height: int) -> bytes:
    """The last bytes of a file of so many pictures of this size; the ends stand before it."""
    return ENDING.pack(count, width, height, MAGIC)


@dataclass(frozen=True)
class _Ending:
    """What the last bytes of a file say.

    Attributes:
        ends: Byte at which the ends begin, and the pictures stop.
        size: Width and height of each picture.
    """

    ends: int
    size: tuple[int, int]


class JpegFile:
    """The pictures of a ``frames.jpeg``; see ``PictureFile``. It stays open at no time.

    Args:
        path: The file.
        count: How many pictures it should hold.
    """

    reduces = True

    def __init__(self, path: Path, count: int) -> None:
        self._path, self._count = path, count
        self._ending = KnownFacts(self._read_ending)

    def picture(self, row: int) -> NDArray[np.uint8]:
        """See ``PictureFile``."""
        return self.reduced(row, 1)

    def reduced(self, row: int, by: int) -> NDArray[np.uint8]:
        """See ``PictureFile``; of what is much smaller, the picture's small copy is decoded."""
        copy, again = divmod(by, SMALLER)
        data, (width, height) = self._read(row, copy=not again)
        try:
            if again:
                return decode_jpeg(data, width, height, by)
            if place := copy_place(data):
                small = rounded_up(width, SMALLER), rounded_up(height, SMALLER)
                return decode_jpeg(data[slice(*place)], *small, copy)
            return averaged(decode_jpeg(data, width, height), by)
        except (ValueError, MemoryError) as error:
            raise self._damaged(f"{error}, as frame {row}") from error

    def _read(self, row: int, *, copy: bool) -> tuple[bytes, tuple[int, int]]:
        """A picture as it is stored, and the width and height that it should have.

        Args:
            row: Which picture.
            copy: Its beginning will do, where that holds a small copy.
        """
        try:
            with FileIO(self._path) as file:
                ending = self._ending.of(file)
                start, stop = self._place(file, ending, row)
                data = read_bytes(file, start, min(HEAD, stop - start) if copy else stop - start)
                place = copy_place(data) if copy else None
                if copy and (place is None or place[1] > len(data)):
                    data = read_bytes(file, start, stop - start)
        except DamagedAtlasError:
            raise
        except (OSError, ValueError, OverflowError, MemoryError) as error:
            raise self._damaged(str(error)) from error
        return data, ending.size

    def _place(self, file: FileIO, ending: _Ending, row: int) -> tuple[int, int]:
        """First byte of a picture, and the one after its last."""
        before = min(row, 1) * END.size
        pair = read_bytes(file, ending.ends + row * END.size - before, before + END.size)
        if len(pair) != before + END.size:
            raise self._damaged("a file that became shorter")
        start = END.unpack_from(pair)[0] if row else 0
        stop = END.unpack_from(pair, before)[0]
        width, height = ending.size
        most = width * height * _BYTES_OF_PIXEL + (1 << 16)
        if not 0 <= start < stop <= ending.ends or stop - start > most:
            raise self._damaged(f"frame {row} at bytes {start} to {stop} of {ending.ends}")
        return start, stop

    def _read_ending(self, file: FileIO, size: int) -> _Ending:
        ends = size - ENDING.size - self._count * END.size
        data = read_bytes(file, max(0, size - ENDING.size), ENDING.size)
        if ends < 0 or len(data) != ENDING.size:
            raise self._damaged(f"{size} bytes, which are not so many")
        count, width, height, magic = ENDING.unpack(data)
        if magic != MAGIC:
            raise self._damaged("a file without its ending")
        if count != self._count:
            raise self._damaged(f"{count}")
        if not (1 <= width <= LONGEST_FRAME and 1 <= height <= LONGEST_FRAME):
            raise self._damaged(f"pictures of {width} × {height} pixels")
        return _Ending(ends, (width, height))

    def _damaged(self, received: str) -> DamagedAtlasError:
        return damaged(self._path, self._count, received)
