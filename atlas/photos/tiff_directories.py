"""What a TIFF says of each of its pictures: the numbers of its directories, BigTIFF's too."""

import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
ORIENTATION, SAMPLES, PLANAR, EXTRA, SAMPLE_FORMAT = 274, 277, 284, 338, 339
"""Tags of TIFF 6.0 by their names there."""

_WANTED = frozenset(
    (SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC)
    + (ORIENTATION, SAMPLES, PLANAR, EXTRA, SAMPLE_FORMAT)
)
_CODES = {1: "B", 3: "H", 4: "I", 16: "Q"}
"""TIFF's types of whole numbers, as ``struct`` calls them."""

_MOST_NUMBERS = 16
_MOST_BYTES = 1 << 20
"""Of the entries of one directory."""

Directory = Mapping[int, tuple[int, ...]]
"""The numbers of one picture, by tag; only the tags that are named above."""


@dataclass(frozen=True)
class _Layout:
    """How a TIFF, or a BigTIFF, writes its directories.

    Attributes:
        order: Of bytes, as ``struct`` writes it.
        count: Code of the number of entries.
        offset: Code of a place in the file.
    """

    order: str
    count: str
    offset: str

    @property
    def entry(self) -> int:
        """Bytes of an entry."""
        return 4 + 2 * struct.calcsize(self.offset)


def directories(file: BinaryIO, most: int) -> Iterator[Directory]:
    """The directories of a TIFF in order, none twice.

    Args:
        file: The file.
        most: How many are followed.

    Raises:
        struct.error: The file is cut off.
    """
    return (numbers for _, numbers in _walk(file, most))


class PageFirst(io.RawIOBase):
    """A TIFF (no BigTIFF) whose first directory is that of a page, for readers of one; not copied.

    Args:
        file: The file; it stays the caller's to close.
        page: The number of the page.

    Raises:
        ValueError: There is no such page.
    """

    def __init__(self, file: BinaryIO, page: int) -> None:
        file.seek(0)
        places = [place for place, _ in _walk(file, page + 1)]
        file.seek(0)
        head = file.read(4)
        if len(places) <= page or head[2:] not in (b"*\0", b"\0*"):
            raise ValueError(page)
        self._file = file
        self._head = head + struct.pack("<I" if head[:2] == b"II" else ">I", places[page])
        file.seek(0)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, as in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place in the file."""
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        """Bytes of the file, but for its first eight."""
        place = self._file.tell()
        data = self._file.read(size)
        return self._head[place : place + len(data)] + data[max(0, len(self._head) - place) :]


def _walk(file: BinaryIO, most: int) -> Iterator[tuple[int, Directory]]:
    """The place and the numbers of each directory."""
    layout, place = _begin(file)
    known: set[int] = set()
    while layout and place and place not in known and len(known) < most:
        known.add(place)
        file.seek(place)
        count = _read(file, layout.order + layout.count)
        entries = file.read(min(layout.entry * count, _MOST_BYTES))
        following = _next(file, layout, place, count)
        yield place, _numbers(file, layout, entries)
        place = following


def page_directory(path: Path | BinaryIO, page: int) -> Directory:
    """The numbers of one page; empty where it is no TIFF, or cut off."""
    if isinstance(path, Path):
        try:
            with path.open("rb") as file:
                return _at(file, page)
        except OSError:
            return {}
    place = path.tell()
    try:
        return _at(path, page)
    finally:
        path.seek(place)


def _at(file: BinaryIO, page: int) -> Directory:
    file.seek(0)
    try:
        for number, found in enumerate(directories(file, page + 1)):
            if number == page:
                return found
    except (struct.error, ValueError, OverflowError):
        pass
    return {}


def _begin(file: BinaryIO) -> tuple[_Layout | None, int]:
    """The layout, and the place of the first directory."""
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        return None, 0
    magic, place = struct.unpack(order + "HI", head[2:8])
    if magic == 42:
        return _Layout(order, "H", "I"), place
    if magic == 43 and len(head) == 16:
        return _Layout(order, "Q", "Q"), struct.unpack(order + "Q", head[8:])[0]
    return None, 0


def _read(file: BinaryIO, code: str) -> int:
    return int(struct.unpack(code, file.read(struct.calcsize(code)))[0])


def _next(file: BinaryIO, layout: _Layout, place: int, count: int) -> int:
    file.seek(place + struct.calcsize(layout.order + layout.count) + layout.entry * count)
    return _read(file, layout.order + layout.offset)


def _numbers(file: BinaryIO, layout: _Layout, entries: bytes) -> Directory:
    """Of the entries of one directory, those that are wanted and whole numbers."""
    found = {}
    for at in range(0, len(entries) - layout.entry + 1, layout.entry):
        tag, form, number = struct.unpack_from(layout.order + "HH" + layout.offset, entries, at)
        code = _CODES.get(form)
        if tag not in _WANTED or code is None or not 1 <= number <= _MOST_NUMBERS:
            continue
        code = f"{layout.order}{number}{code}"
        where = at + layout.entry - struct.calcsize(layout.offset)
        data = entries[where : where + struct.calcsize(layout.offset)]
        if struct.calcsize(code) > len(data):
            file.seek(struct.unpack(layout.order + layout.offset, data)[0])
            data = file.read(struct.calcsize(code))
        found[tag] = tuple(struct.unpack_from(code, data))
    return found
