"""EXIF of a photo: when, with what and where it was taken.

Tags are those of Exif 3.0 (CIPA DC-008-2023). What a camera left empty, or a program wrote wrongly,
is taken for nothing.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from frameatlas.columns.dates import exif_date
from frameatlas.columns.metadata import Metadata
from frameatlas.embedder.metadata.camera_names import camera_name
from frameatlas.errors import SourceError
from frameatlas.photos.photo import open_photo

_EXIF, _GPS = 0x8769, 0x8825
_MAKE, _MODEL, _CHANGED = 0x010F, 0x0110, 0x0132
_TAKEN, _DIGITIZED = 0x9003, 0x9004
_LENS_MAKE, _LENS = 0xA433, 0xA434
_FRACTIONS = {_TAKEN: 0x9291, _DIGITIZED: 0x9292, _CHANGED: 0x9290}


def photo_metadata(path: Path) -> Metadata:
    """What a photo says of itself; nothing where it cannot be read."""
    try:
        with open_photo(path) as image:
            exif = image.getexif()
            tags: dict[int, Any] = dict(exif)
            more, place = dict(exif.get_ifd(_EXIF)), dict(exif.get_ifd(_GPS))
    except SourceError:
        return Metadata()
    tags |= more
    date = next((d for d in (_date(tags, n) for n in (_TAKEN, _DIGITIZED, _CHANGED)) if d), None)
    latitude, longitude = _place(place)
    return Metadata(
        date,
        "exif" if date is not None else "",
        camera_name(tags.get(_MAKE), tags.get(_MODEL)),
        camera_name(tags.get(_LENS_MAKE), tags.get(_LENS)),
        latitude,
        longitude,
    )


def _date(tags: Mapping[int, Any], tag: int) -> float | None:
    found = exif_date(_text(tags.get(tag)))
    digits = _text(tags.get(_FRACTIONS[tag])).strip()
    if found is None or not (digits.isascii() and digits.isdigit()):
        return found
    return found + float(f"0.{digits[:6]}")


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else ""


def _place(tags: Mapping[int, Any]) -> tuple[float | None, float | None]:
    """Latitude and longitude in degrees; both or neither, and never 0, 0, which means unknown."""
    latitude = _degrees(tags.get(2), _text(tags.get(1)), "S", 90)
    longitude = _degrees(tags.get(4), _text(tags.get(3)), "W", 180)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None, None
    return latitude, longitude


def _degrees(value: Any, reference: str, negative: str, most: float) -> float | None:
    try:
        parts = [float(part) for part in value]
        degrees = math.fsum(part / 60**place for place, part in enumerate(parts[:3]))
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if not parts or not math.isfinite(degrees) or not 0 <= degrees <= most:
        return None
    return -degrees if reference.strip("\0 ").upper() == negative else degrees
