"""Pictures as JPEG into ``frames.jpeg``, while those that nobody described yet wait as they came.

So an atlas is described by the very pixels that a raw one is described by, and has the same map.
The waiting ones lie in a file that is written over again and again, and that no later run believes:
it decodes them once more, some hundred frames at most.
"""

from pathlib import Path

import numpy as np

from frameatlas.embedder.build.open_file import Bytes, OpenFile
from frameatlas.frames import Pixels
from frameatlas.store.pictures.jpeg_coding import decode_jpeg, encode_jpeg
from frameatlas.store.pictures.jpeg_file import END, ending_of
from frameatlas.store.pictures.picture_file import PICTURE_FILES

WAITING = 256
"""Frames that may wait for their description, raw: 123 MB at the usual size."""

_NAME = PICTURE_FILES["jpeg"]
_ENDS = "ends.bin"
_WAITING = "waiting.bin"


class JpegWriter:
    """A ``PictureWriter``; arguments as of ``open_writer``."""

    ahead = WAITING
    keeps_waiting = False

    def __init__(self, folder: Path, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._file = OpenFile(folder / _NAME)
        self._ends = OpenFile(folder / _ENDS)
        self._waiting = OpenFile(folder / _WAITING)
        self._waiting.truncate(0)
        self._end = 0

    @staticmethod
    def holds(folder: Path, count: int, width: int, height: int) -> bool:
        """See ``picture_writer.holds``."""
        del width, height
        with (folder / _ENDS).open("rb") as file:
            file.seek((count - 1) * END.size)
            end = file.read(END.size)
        whole = len(end) == END.size
        return whole and (folder / _NAME).stat().st_size >= END.unpack(end)[0] > 0

    def begin(self, count: int, width: int, height: int) -> None:
        """See ``PictureWriter``."""
        del count
        self._width, self._height = width, height

    def write(self, index: int, pixels: Bytes) -> None:
        """See ``PictureWriter``."""
        self._waiting.write_at(pixels, index % WAITING * self._size)
        data = encode_jpeg(pixels, self._width, self._height)
        self._file.write_at(data, self._end)
        end = self._end + len(data)
        self._ends.write_at(END.pack(end), index * END.size)
        self._end = end

    def read(self, start: int, stop: int) -> Pixels:
        """See ``PictureWriter``."""
        pixels = np.empty((stop - start, self._height, self._width, 3), np.uint8)
        for row, index in enumerate(range(start, stop)):
            self._waiting.read_into(pixels[row].data, index % WAITING * self._size)
        return pixels

    def stored(self, index: int) -> Pixels:
        """See ``PictureWriter``."""
        return decode_jpeg(self._jpeg(index), self._width, self._height)[np.newaxis]

    def same(self, index: int, pixels: Bytes) -> bool:
        """See ``PictureWriter``."""
        return encode_jpeg(pixels, self._width, self._height) == self._jpeg(index)

    def cut(self, count: int) -> None:
        """See ``PictureWriter``."""
        self._end = self._end_of(count - 1) if count else 0
        self._file.truncate(self._end)
        self._ends.truncate(count * END.size)

    def sync(self) -> None:
        """See ``PictureWriter``."""
        self._file.sync()
        self._ends.sync()

    def close(self, count: int) -> None:
        """See ``PictureWriter``."""
        if count:
            ends = self._ends.read_at(0, count * END.size)
            self._file.write_at(ends + ending_of(count, self._width, self._height), self._end)
        self._waiting.truncate(0)
        for file in (self._file, self._ends, self._waiting):
            file.close()

    @property
    def _size(self) -> int:
        return self._height * self._width * 3

    def _end_of(self, index: int) -> int:
        return int(END.unpack(self._ends.read_at(index * END.size, END.size))[0])

    def _jpeg(self, index: int) -> bytes:
        start = self._end_of(index - 1) if index else 0
        return self._file.read_at(start, self._end_of(index) - start)
