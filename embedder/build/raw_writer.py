"""Pictures byte for byte into ``frames.npy``.

The file is a plain NumPy array from its first byte on: NumPy pads the header so that the number of
rows can be written over when it is known.
"""

from io import BytesIO
from pathlib import Path

import numpy as np

from frameatlas.embedder.build.open_file import Bytes, OpenFile
from frameatlas.frames import Pixels
from frameatlas.store.pictures.picture_file import PICTURE_FILES

_NAME = PICTURE_FILES["raw"]


class RawWriter:
    """A ``PictureWriter``; arguments as of ``open_writer``."""

    ahead = 1024
    keeps_waiting = True

    def __init__(self, folder: Path, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._file = OpenFile(folder / _NAME)

    @staticmethod
    def holds(folder: Path, count: int, width: int, height: int) -> bool:
        """See ``picture_writer.holds``."""
        return (folder / _NAME).stat().st_size >= count * width * height * 3

    def begin(self, count: int, width: int, height: int) -> None:
        """See ``PictureWriter``."""
        self._width, self._height = width, height
        self._write_header(count)

    def write(self, index: int, pixels: Bytes) -> None:
        """See ``PictureWriter``."""
        self._file.write_at(pixels, self._offset(index))

    def read(self, start: int, stop: int) -> Pixels:
        """See ``PictureWriter``. Read, not mapped: a map's pages would count as our memory."""
        pixels = np.empty((stop - start, self._height, self._width, 3), np.uint8)
        self._file.read_into(pixels.data, self._offset(start))
        return pixels

    def stored(self, index: int) -> Pixels:
        """See ``PictureWriter``."""
        return self.read(index, index + 1)

    def same(self, index: int, pixels: Bytes) -> bool:
        """See ``PictureWriter``."""
        return np.array_equal(np.frombuffer(pixels, np.uint8), self.stored(index).reshape(-1))

    def cut(self, count: int) -> None:
        """See ``PictureWriter``."""
        self._file.truncate(self._offset(count) if count else 0)

    def sync(self) -> None:
        """See ``PictureWriter``."""
        self._file.sync()

    def close(self, count: int) -> None:
        """See ``PictureWriter``."""
        if count:
            self._write_header(count)
        self._file.close()

    def _offset(self, index: int) -> int:
        return len(_header(0, self._height, self._width)) + index * self._height * self._width * 3

    def _write_header(self, count: int) -> None:
        self._file.write_at(_header(count, self._height, self._width), 0)


def _header(count: int, height: int, width: int) -> bytes:
    file = BytesIO()
    header = {"descr": "|u1", "fortran_order": False, "shape": (count, height, width, 3)}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue()
