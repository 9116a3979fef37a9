"""When a photo was taken, by its EXIF or by its name."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from frameatlas.errors import SourceError
from frameatlas.photos.photo import open_photo

_EXIF, _ORIGINAL, _FRACTION, _ANY = 0x8769, 0x9003, 0x9291, 0x0132
"""EXIF 2.32: the table of exposures, DateTimeOriginal, SubSecTimeOriginal; TIFF's DateTime."""

_WITH_EXIF = frozenset({"JPEG", "MPO", "TIFF", "WEBP", "HEIF", "AVIF"})

_STAMP = re.compile(r"(?<!\d)((?:19|20)\d{6})[-_T]?(\d{6})(?:[-_.]?(\d{3})(?!\d))?")
"""Date and time within a name, as phones write them, and milliseconds where they are there."""

BURST_SECONDS = 1.0
"""Photos that follow each other within so much time are a burst."""

BURST_PHOTOS = 3


def taken_at(path: Path) -> float | None:
    """Seconds of the camera's own clock since 1970; None where neither EXIF nor name says it."""
    try:
        with open_photo(path) as image:
            if image.format in _WITH_EXIF:
                exif = image.getexif()
                inner = exif.get_ifd(_EXIF)
                written = inner.get(_ORIGINAL) or exif.get(_ANY)
                seconds = _seconds(str(written), "%Y:%m:%d %H:%M:%S")
                if seconds is not None:
                    return seconds + _fraction(inner.get(_FRACTION))
    except SourceError:
        pass
    return time_in_name(path.name)


def time_in_name(name: str) -> float | None:
    """The time that a phone writes into a photo's name, as ``taken_at`` counts it."""
    found = _STAMP.search(name)
    if found is None:
        return None
    seconds = _seconds(found[1] + found[2], "%Y%m%d%H%M%S")
    return None if seconds is None else seconds + int(found[3] or 0) / 1000


def _seconds(text: str, form: str) -> float | None:
    try:
        return datetime.strptime(text.strip("\0 "), form).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _fraction(digits: object) -> float:
    text = str(digits or "").strip("\0 ")
    return float(f"0.{text}") if text.isascii() and text.isdigit() else 0.0


def bursts(names: Sequence[str], taken: Sequence[float | None]) -> list[list[str]]:
    """Photos of one folder that follow each other faster than anybody presses a button.

    Args:
        names: Their names.
        taken: When each was taken.

    Returns:
        Names of each burst, in the order of time; at least ``BURST_PHOTOS``.
    """
    timed = [(t, n) for t, n in zip(taken, names, strict=True) if t is not None]
    timed = sorted(dict.fromkeys(timed))
    found: list[list[str]] = []
    last = float("-inf")
    for seconds, name in timed:
        if seconds - last > BURST_SECONDS:
            found.append([])
        found[-1].append(name)
        last = seconds
    return [burst for burst in found if len(burst) >= BURST_PHOTOS]
