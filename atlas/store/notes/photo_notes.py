"""``photos.json``: when photos were taken, and which could not be read, beside their frames.

An atlas may lack it; the manifest does not list it, so that older releases check newer atlases.
"""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path

from frameatlas.errors import FormatError, FrameatlasError
from frameatlas.store.atomic import write_text
from frameatlas.store.json_fields import Fields
from frameatlas.store.json_file import read_json_file

PHOTOS_FILE = "photos.json"

_MOST_BYTES = 1 << 26
"""Some hundred bytes for each of 100,000 photos."""


@dataclass(frozen=True)
class PhotoNotes:
    """What is known of a source's photos beside their frames.

    Attributes:
        taken: For each frame, when its photo was taken, in seconds of the camera's own clock since
            1970; None where nothing says so.
        unread: By content digest, why photos gave no frame.
    """

    taken: tuple[float | None, ...] = ()
    unread: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, fields: Fields) -> "PhotoNotes":
        """The value of a JSON object."""
        taken = fields.values.get("taken")
        unread = fields.values.get("unread")
        if not isinstance(taken, list) or not isinstance(unread, dict):
            raise FormatError(
                f"Expected {fields.place} to have taken and unread. Received: it has not."
            )
        return cls(
            tuple(_seconds(moment) for moment in taken),
            {str(digest): str(reason) for digest, reason in unread.items()},
        )


def _seconds(moment: object) -> float | None:
    known = isinstance(moment, int | float) and math.isfinite(moment)
    return float(moment) if known else None  # type: ignore[arg-type]


def write_photo_notes(place: Path, notes: PhotoNotes) -> None:
    """Put ``photos.json`` into a source's folder."""
    values = {"taken": list(notes.taken), "unread": notes.unread}
    write_text(place / PHOTOS_FILE, json.dumps(values))


def read_photo_notes(place: Path) -> PhotoNotes:
    """What a source's folder holds; nothing where there is no such file, or it is damaged."""
    try:
        fields = read_json_file(place / PHOTOS_FILE, _MOST_BYTES)
        return PhotoNotes.parse(fields) if fields else PhotoNotes()
    except (FrameatlasError, OverflowError):
        return PhotoNotes()
