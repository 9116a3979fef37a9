"""What a video's container says: when, with what and where it was filmed.

Telephones write the keys of Apple's QuickTime metadata, with the clock on the wall; others only
``creation_time``, in UTC. A location is written as ISO 6709 says, ``+48.8577+002.2950/``.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from frameatlas.columns.dates import container_date
from frameatlas.columns.metadata import Metadata
from frameatlas.embedder.media.open_media import open_media
from frameatlas.embedder.metadata.camera_names import camera_name
from frameatlas.errors import SourceError

_APPLE = "com.apple.quicktime."
_DATES = (f"{_APPLE}creationdate", "creation_time")
_PLACES = (f"{_APPLE}location.iso6709", "location", "location-eng")
_ISO_6709 = re.compile(r"([+-]\d{2}(?:\.\d{1,12})?)([+-]\d{3}(?:\.\d{1,12})?)(?:[+-].{0,40})?/?")


def video_metadata(path: Path) -> Metadata:
    """What a video says of itself; nothing where it cannot be opened."""
    try:
        with open_media(path) as container:
            tags = {name.lower(): value for name, value in container.metadata.items()}
            for stream in container.streams.video:
                for name, value in stream.metadata.items():
                    tags.setdefault(name.lower(), value)
    except SourceError:
        return Metadata()
    dates = (container_date(tags.get(name, "")) for name in _DATES)
    date = next((found for found in dates if found is not None), None)
    latitude, longitude = _place(tags)
    return Metadata(
        date,
        "container" if date is not None else "",
        camera_name(_first(tags, "make"), _first(tags, "model")),
        "",
        latitude,
        longitude,
    )


def _first(tags: Mapping[str, str], name: str) -> str:
    names = (f"{_APPLE}{name}", f"com.android.{name}", name)
    return next((tags[n] for n in names if tags.get(n)), "")


def _place(tags: Mapping[str, str]) -> tuple[float | None, float | None]:
    for name in _PLACES:
        found = _ISO_6709.fullmatch(tags.get(name, "").strip())
        if found is None:
            continue
        latitude, longitude = float(found[1]), float(found[2])
        if abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude or longitude):
            return latitude, longitude
    return None, None
