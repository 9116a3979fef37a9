"""JSON files of tracks: which tool wrote one, told by its shape, and handing it to its reader."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from frameatlas.errors import SourceError
from frameatlas.reid.tracks.formats.coco import is_coco, read_coco
from frameatlas.reid.tracks.formats.fiftyone import is_fiftyone, read_fiftyone
from frameatlas.reid.tracks.formats.header import NAMES, add_row, plain
from frameatlas.reid.tracks.formats.label_studio import is_label_studio, read_label_studio
from frameatlas.reid.tracks.formats.table import BadLine, TableBuilder, TrackTable

Reader = Callable[[Any, str, str], TrackTable]

_WORDS = {word: column for column, words in NAMES.items() for word in words}


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
    known: list[tuple[Callable[[Any], bool], Reader]] = [
        (is_coco, read_coco),
        (is_label_studio, read_label_studio),
        (is_fiftyone, read_fiftyone),
        (_is_rows, _read_rows),
    ]
    for fits, read in () if other else known:
        if fits(data):
            return read(data, place, video)
    raise SourceError(
        f"Expected tracks in {place}: COCO-VID, TAO, SoccerNet game state, Label Studio, FiftyOne, "
        f"supervision or ultralytics JSON. Received: {other or _looks_like(data)}; write MOT rows, "
        "or a CSV with a header, from it."
    )


def _parsed(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            raise SourceError(
                f"Expected JSON in {place}. Received: {str(error)[:80]}; write it again."
            ) from error


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


def _is_rows(data: Any) -> bool:
    """Whether it is a list of boxes, or a list of one list of boxes for each frame."""
    return isinstance(data, list) and any(
        isinstance(one, dict) or (isinstance(one, list) and all(isinstance(b, dict) for b in one))
        for one in data[:50]
    )


def _read_rows(data: Sequence[Any], place: str, _: str) -> TrackTable:
    """Boxes as supervision's JSONSink and ultralytics write them."""
    builder = TableBuilder("JSON of boxes")
    zero, frames = False, False
    for number, one in enumerate(data):
        for row in one if isinstance(one, list) else [one]:
            cells = _cells(row) if isinstance(row, dict) else {}
            frames |= "frame" in cells
            zero |= any(plain(key) == "frameindex" for key in row)
            if isinstance(one, list):
                cells.setdefault("frame", str(number))
            reason = _add(builder, cells)
            if reason:
                builder.bad.append(BadLine(0, f"entry {number + 1}: {reason}"))
    if not frames and not any(isinstance(one, list) for one in data):
        raise SourceError(
            f"Expected each box of {place} to say its frame. Received: boxes without one; write "
            "one list of boxes for each frame, or a field frame."
        )
    table = builder.built(first=0 if zero or not frames else None, person_numbers=("0",))
    named = any(not label.lstrip("-").isdigit() for label in table.labels)
    return replace(table, named=named)


def _cells(row: Mapping[str, Any]) -> dict[str, str]:
    """A box's fields by the names of columns; a box within the box is taken apart."""
    cells: dict[str, str] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            cells.update({k: v for k, v in _cells(value).items() if k not in cells})
            continue
        column = _WORDS.get(plain(str(key)))
        if column and (column not in cells or plain(str(key)) in ("classname", "name", "label")):
            cells[column] = "" if value is None else str(value)
    return cells


def _add(builder: TableBuilder, cells: Mapping[str, str]) -> str:
    if "frame" not in cells:
        return "no frame"
    return add_row(builder, cells, 0)
