"""JSON files of tracks: which tool wrote one, told by its shape, and handing it to its reader."""

import json
from collections.abc import Callable
from typing import Any

from frameatlas.errors import SourceError
from frameatlas.reid.tracks.formats.coco import is_coco, read_coco
from frameatlas.reid.tracks.formats.fiftyone import is_fiftyone, read_fiftyone
from frameatlas.reid.tracks.formats.json_rows import is_rows, read_rows
from frameatlas.reid.tracks.formats.label_studio import is_label_studio, read_label_studio
from frameatlas.reid.tracks.formats.table import TrackTable

Reader = Callable[[Any, str, str], TrackTable]

_KNOWN: tuple[tuple[str, Callable[[Any], bool], Reader], ...] = (
    ("images and annotations as COCO has them", is_coco, read_coco),
    ("tasks as Label Studio exports them", is_label_studio, read_label_studio),
    ("samples as FiftyOne exports them", is_fiftyone, read_fiftyone),
    ("boxes by their fields' names", is_rows, read_rows),
)
"""What a file holds, whether it does, and what reads it."""

_UNREADABLE = (TypeError, ValueError, KeyError, AttributeError, OverflowError)
"""What a reader raises where fields, which may hold anything at all, are not what it looks for."""


def read_json(text: str, place: str, video: str) -> TrackTable:
    """The boxes of a JSON file, or of one with a JSON object a line.

    Args:
        text: The file.
        place: Its path, for messages.
        video: Name of the video without its ending, for files of several.

    Raises:
        SourceError: It is no JSON, or of no tool that is known.
    """
    data = _parsed(text, place)
    other = _other_tool(data)
    for tool, fits, read in () if other else _KNOWN:
        if fits(data):
            try:
                return read(data, place, video)
            except _UNREADABLE as error:
                raise SourceError(
                    f"Expected {place} to hold {tool}. Received: {_wrong(error)}; write the file "
                    "again, or a CSV with a header."
                ) from error
    raise SourceError(
        f"Expected tracks in {place}: COCO-VID, TAO, SoccerNet game state, Label Studio, FiftyOne, "
        f"supervision or ultralytics JSON. Received: {other or _looks_like(data)}; write MOT rows, "
        "or a CSV with a header, from it."
    )


def _wrong(error: Exception) -> str:
    """What a file had in place of what its reader looked for."""
    if isinstance(error, KeyError) and error.args:
        return f"an entry without the field {str(error.args[0])[:40]!r}"
    return "a field of another kind, such as words in place of a number"


def _parsed(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            raise SourceError(
                f"Expected JSON in {place}. Received: {_no_json(error)}; write it again."
            ) from error


def _no_json(error: ValueError | RecursionError) -> str:
    """What a text has in place of JSON."""
    if isinstance(error, json.JSONDecodeError):
        return f"none from line {error.lineno}, column {error.colno} on"
    if isinstance(error, RecursionError):
        return "lists within lists, deeper than any tracks have them"
    return "a number of more digits than can be read"


def _keys(data: Any) -> set[str]:
    first = data[0] if isinstance(data, list) and data else data
    return {str(key) for key in first} if isinstance(first, dict) else set()


def _other_tool(data: Any) -> str:
    """The tool whose file is not read, by its first keys; "" for none that is known."""
    keys = _keys(data)
    if keys & {"_via_img_metadata", "regions", "_via_settings"}:
        return "JSON of the VGG Image Annotator"
    if "shapes" in keys:
        return "JSON of LabelMe"
    if {"name", "labels"} <= keys or ("frames" in keys and "videoName" in keys):
        return "JSON of BDD100K or Scalabel"
    return "OpenLABEL" if "openlabel" in keys else ""


def _looks_like(data: Any) -> str:
    shown = ", ".join(sorted(_keys(data))[:8])
    return f"JSON with {shown}" if shown else f"JSON of {type(data).__name__}"
