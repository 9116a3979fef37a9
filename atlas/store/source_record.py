"""``source.json``: what a finished source says of itself, should the manifest be lost."""

import json
from dataclasses import replace
from pathlib import Path

from frameatlas.errors import FormatError
from frameatlas.store.atomic import write_text
from frameatlas.store.json_fields import Fields
from frameatlas.store.manifest import Made, Source

SOURCE_FILE = "source.json"

METADATA_FILE = "metadata.h5"
SUBTITLES_FILE = "subtitles.json"
"""What originals say beside their pictures. A source may lack both; the manifest lists neither."""


def tell_source(place: Path, source: Source, made: Made) -> None:
    """Write what is known of a source into its folder."""
    content = {"source": source.to_values(), "made": made.to_values()}
    write_text(place / SOURCE_FILE, json.dumps(content, indent=1) + "\n")


def read_source_record(place: Path) -> tuple[Source, Made] | None:
    """What a finished source says of itself; None where that cannot be read."""
    path = place / SOURCE_FILE
    try:
        fields = Fields.of_json(path.read_text(encoding="utf-8"), str(path))
        return Source.parse(fields.object("source")), Made.parse(fields.object("made"))
    except (OSError, FormatError, UnicodeDecodeError):
        return None


def tells(place: Path, source: Source) -> bool:
    """Whether a source's folder says what the manifest says; the file itself may have moved."""
    record = read_source_record(place)
    return record is not None and replace(record[0], path=source.path) == source
