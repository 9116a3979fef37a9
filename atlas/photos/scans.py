"""JPEGs that are made to take minutes: a scan is a whole pass over the picture, in a few bytes."""

import re
from pathlib import Path
from typing import BinaryIO

from frameatlas.errors import SourceError

MOST_SCANS = 100
"""Scans of a JPEG. Cameras write one, progressive encoders about ten."""

MOST_SEGMENTS = 20_000
"""Segments of a JPEG: the largest profiles and notes take hundreds, each scan of ours ten."""

MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""Within compressed data FF is followed by 00 or by a mark to begin again at (ITU T.81, B.1.1)."""

_END, _SCAN, _ALONE = 0xD9, 0xDA, (0x01, 0xD8)
_SEQUENTIAL = (0xC0, 0xC1, 0xC9)
_FIRST_PIECE, _LARGEST_PIECE = 1 << 12, 1 << 20


def refuse_endless_scans(file: Path | BinaryIO) -> None:
    """Refuse a JPEG of too many scans.

    Only the picture itself counts, up to its end: behind it a camera may put more of them, or what
    its sensor saw. One whose first scan holds all colours at once has no other, and is not read on.

    Raises:
        SourceError: It has more than ``MOST_SCANS``, or more segments than ``MOST_SEGMENTS``.
    """
    if isinstance(file, Path):
        with file.open("rb") as opened:
            count = _count(opened)
    else:
        place = file.tell()
        count = _count(file)
        file.seek(place)
    if count > MOST_SCANS:
        raise SourceError(
            f"a JPEG of {count} scans, which would take minutes to decode; photos have about ten"
        )


def _count(file: BinaryIO) -> int:
    """Scans of the picture that a file begins with."""
    count, place, colours = 0, 2, 0
    for _ in range(MOST_SEGMENTS):
        found = _next_marker(file, place)
        if found is None or found[1] == _END:
            return count
        place, kind = found
        if kind in _ALONE:
            continue
        file.seek(place)
        head = file.read(8)
        if kind in _SEQUENTIAL:
            colours = head[7] if len(head) == 8 else 0
        if kind == _SCAN:
            count += 1
            if count == 1 and colours and head[2] == colours:
                return count
        place += max(2, int.from_bytes(head[:2], "big"))
    raise SourceError(
        f"a JPEG of more than {MOST_SEGMENTS:,} segments, which would take minutes to read; photos "
        "have some dozens"
    )


def _next_marker(file: BinaryIO, place: int) -> tuple[int, int] | None:
    """The byte after the next marker, and its kind."""
    file.seek(place)
    size, last = _FIRST_PIECE, b""
    while piece := file.read(size):
        data = last + piece
        if found := MARKER.search(data):
            return place + found.end(), data[found.end() - 1]
        last = data[-1:]
        place += len(data) - 1
        size = min(2 * size, _LARGEST_PIECE)
    return None
