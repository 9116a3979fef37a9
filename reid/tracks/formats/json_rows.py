"""JSON of boxes by field names: supervision, ultralytics, COCO's results, and lists by frame.

A box is an object that says its own frame, or that stands in a list of its frame's boxes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from frameatlas.errors import SourceError
from frameatlas.reid.tracks.formats.box_cells import kind_of_boxes
from frameatlas.reid.tracks.formats.header import NAMES, add_row, plain, stronger
from frameatlas.reid.tracks.formats.table import BadLine, TableBuilder, TrackTable

_WORDS = {word: column for column, words in NAMES.items() for word in words}
_DEEPEST = 4
"""Levels of objects within a box, such as ``{"box": {"x1": …}}``."""


def is_rows(data: Any) -> bool:
    """Whether it is a list of boxes, a list of one list for each frame, or an object of these."""
    if isinstance(data, dict):
        data = _frames_of(data)
    return isinstance(data, list) and any(
        isinstance(one, dict)
        or (isinstance(one, list) and all(isinstance(box, dict) for box in one))
        for one in data[:50]
    )


def read_rows(data: Any, place: str, _: str) -> TrackTable:
    """The boxes.

    Raises:
        SourceError: They do not say their frames.
    """
    listed = _frames_of(data) if isinstance(data, dict) else data
    builder = TableBuilder("JSON of boxes")
    words: set[str] = set()
    found: list[tuple[int, dict[str, str]]] = []
    frames, counted = False, False
    for number, row, own in _rows(listed or []):
        cells, heads = _cells(row)
        frames |= "frame" in cells
        counted |= own and "frame" not in cells
        words |= heads
        if own:
            cells.setdefault("frame", str(number))
        found.append((number, cells))
    if found and not frames and not counted:
        raise SourceError(
            f"Expected each box of {place} to say its frame. Received: boxes without one; write "
            "one list of boxes for each frame, or a field frame."
        )
    kind = kind_of_boxes([cells.get("box", "") for _, cells in found], words)
    for number, cells in found:
        if "box" in cells:
            cells[kind] = cells.pop("box")
        reason = add_row(builder, cells, 0) if "frame" in cells else "no frame"
        if reason:
            builder.bad.append(BadLine(0, f"entry {number + 1}: {reason}"))
    zero = "frameindex" in words or not frames
    table = builder.built(first=0 if zero else None, person_numbers=("0",))
    named = any(not label.lstrip("-").isdigit() for label in table.labels)
    return replace(table, named=named)


def _frames_of(data: Mapping[str, Any]) -> list[Any] | None:
    """The list in an object: of its only field that is one, or of fields called by frames."""
    if data and all(str(key).isdigit() and isinstance(data[key], list) for key in data):
        boxes = [(int(key), one) for key in data for one in data[key]]
        return [{"frame": frame, **one} for frame, one in boxes if isinstance(one, dict)]
    lists = [value for value in data.values() if isinstance(value, list) and value]
    return lists[0] if len(lists) == 1 and isinstance(lists[0][0], dict | list) else None


def _rows(data: Sequence[Any]) -> Iterator[tuple[int, Mapping[str, Any], bool]]:
    """Number of the entry, box, and whether that number is its frame."""
    for number, one in enumerate(data):
        for row in one if isinstance(one, list) else [one]:
            if not isinstance(row, dict):
                continue
            inner = _inner(row)
            if inner is None:
                yield number, row, isinstance(one, list)
                continue
            frame = {k: v for k, v in row.items() if _WORDS.get(plain(str(k))) == "frame"}
            for box in inner:
                yield number, {**frame, **box}, not frame


def _inner(row: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """The boxes that an entry of one frame lists; None where it is a box itself."""
    lists = [
        value
        for value in row.values()
        if isinstance(value, list) and all(isinstance(one, dict) for one in value)
    ]
    return lists[0] if len(lists) == 1 and not _is_box(row) else None


def _is_box(row: Mapping[str, Any]) -> bool:
    held = set(_cells({k: v for k, v in row.items() if not isinstance(v, list) or len(v) == 4})[0])
    return bool(held & {"box", "ltrb", "tlwh", "left", "across"})


def _cells(row: Mapping[str, Any], depth: int = 0) -> tuple[dict[str, str], set[str]]:
    """A box's fields by the names of columns, and the words of these; an inner box is opened."""
    cells: dict[str, str] = {}
    heads: dict[str, str] = {}
    for key, value in row.items():
        word = plain(str(key))
        if isinstance(value, dict):
            inner, _ = _cells(value, depth + 1) if depth < _DEEPEST else ({}, set())
            cells.update({k: v for k, v in inner.items() if k not in cells})
            continue
        column = _WORDS.get(word)
        if column and (column not in cells or stronger(word, heads.get(column, ""))):
            cells[column], heads[column] = "" if value is None else str(value), word
    return cells, {plain(str(key)) for key in row}
