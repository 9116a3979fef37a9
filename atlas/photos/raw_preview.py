"""The picture that a camera puts into its RAW file, to be shown on its own screen.

Developing a RAW file is a trade of its own; the preview is what its photographer saw. It is a JPEG
somewhere in the file, whatever the maker's format (TIFF, ISO media or a head of its own).
"""

import io
import mmap
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from frameatlas.errors import SourceError
from frameatlas.photos.scans import MARKER, MOST_SEGMENTS

_START = re.compile(rb"\xff\xd8\xff[\xc0-\xfe]")
_MOST_TRIED = 64
"""Beginnings of JPEGs that are looked at: sensor data may look like one by chance."""

_LARGEST = 200 << 20
"""Bytes of a preview at most."""

_ORIENTATION, _SUBFILE, _PHOTOMETRIC = 0x0112, 254, 262
_SHOWN_COLOURS = (2, 6)  # TIFF's RGB and YCbCr; a sensor's mosaic is 32803


@dataclass(frozen=True)
class Preview:
    """A picture within a RAW file.

    Attributes:
        data: A JPEG and nothing behind it; or the whole file, where its first directory is a
            picture that Pillow reads.
        orientation: How it is turned when it is shown, as EXIF counts; 0 where it says so itself.
    """

    data: io.BytesIO
    orientation: int


def raw_preview(path: Path) -> Preview:
    """Find the largest preview of a RAW file.

    Raises:
        SourceError: There is none.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            found = _largest_jpeg(data)
            tags = _first_directory(data)
            if found is not None:
                start, end = found
                return Preview(io.BytesIO(data[start:end]), tags.get(_ORIENTATION, 0))
            if tags.get(_SUBFILE, 0) & 1 and tags.get(_PHOTOMETRIC) in _SHOWN_COLOURS:
                return Preview(io.BytesIO(data[:_LARGEST]), 0)
    except (OSError, ValueError, struct.error) as error:
        raise SourceError("a camera's RAW file, which cannot be read") from error
    raise SourceError("a camera's RAW file without a preview: export it as JPEG, then index that")


def _largest_jpeg(data: mmap.mmap) -> tuple[int, int] | None:
    """Beginning and end of the JPEG with most pixels."""
    best, largest = None, 0
    for number, match in enumerate(_START.finditer(data)):
        if number == _MOST_TRIED:
            break
        pixels = _pixels(data, match.start())
        if pixels > largest:
            best, largest = match.start(), pixels
    return None if best is None else (best, _end(data, best))


def _end(data: mmap.mmap, start: int) -> int:
    """The byte behind a JPEG's last; where it does not end, that behind all it may have."""
    last = min(len(data), start + _LARGEST)
    place = start + 2
    for _ in range(MOST_SEGMENTS):
        if place + 4 > last or data[place] != 0xFF:
            break
        kind = data[place + 1]
        if kind == 0xD9:
            return place + 2
        if kind == 0xFF:  # a filling byte
            place += 1
            continue
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if kind == 0xDA:  # compressed data follow, up to the next marker
            found = MARKER.search(data, place, last)
            place = last if found is None else found.start()
    return place + 2 if data[place : place + 2] == b"\xff\xd9" else last


def _pixels(data: mmap.mmap, start: int) -> int:
    """Pixels of a JPEG that a viewer can show, by its frame header; 0 where it is none."""
    place = start + 2
    while place + 9 < len(data) and data[place] == 0xFF:
        kind, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if kind in (0xC0, 0xC1, 0xC2):  # baseline, extended, progressive
            depth, height, width, colours = struct.unpack(">BHHB", data[place + 4 : place + 10])
            return width * height if depth == 8 and colours in (1, 3) else 0
        if 0xC3 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):  # lossless: the sensor's data
            return 0
        if length < 2 or kind in (0xD9, 0xDA):
            return 0
        place += 2 + length
    return 0


def _first_directory(data: mmap.mmap) -> dict[int, int]:
    """Single numbers of a TIFF's first directory, by tag; empty where the file is no TIFF."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return {}
    (place,) = struct.unpack(order + "I", data[4:8])
    if not 8 <= place <= len(data) - 2:
        return {}
    (count,) = struct.unpack(order + "H", data[place : place + 2])
    tags = {}
    for at in range(place + 2, min(place + 2 + 12 * count, len(data) - 11), 12):
        tag, form, number = struct.unpack(order + "HHI", data[at : at + 8])
        if number == 1 and form in (3, 4):
            code = order + ("H" if form == 3 else "I")
            tags[tag] = struct.unpack_from(code, data[at + 8 : at + 12])[0]
    return tags
