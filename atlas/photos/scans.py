"""JPEGs that are made to take minutes: a scan is a whole pass over the picture, in a few bytes."""

from pathlib import Path
from typing import BinaryIO

from frameatlas.errors import SourceError

MOST_SCANS = 100
"""Scans of a JPEG. Cameras write one, progressive encoders about ten."""

_SCAN = b"\xff\xda"
_PIECE = 1 << 20


def refuse_endless_scans(file: Path | BinaryIO) -> None:
    """Refuse a JPEG of too many scans.

    Within the compressed data every FF is followed by 00, so that a marker is a marker.

    Raises:
        SourceError: It has more than ``MOST_SCANS``.
    """
    if isinstance(file, Path):
        with file.open("rb") as opened:
            count = _count(opened)
    else:
        place = file.tell()
        file.seek(0)
        count = _count(file)
        file.seek(place)
    if count > MOST_SCANS:
        raise SourceError(
            f"a JPEG of {count} scans, which would take minutes to decode; photos have about ten"
        )


def _count(file: BinaryIO) -> int:
    count, last = 0, b""
    while piece := file.read(_PIECE):
        count += (last + piece).count(_SCAN)
        last = piece[-1:] if piece[-1:] == b"\xff" else b""
    return count
