"""Rows of numbers without a header: which of the formats that look so a file is, and its boxes.

MOT (detections, trackers, ground truth), VisDrone-MOT, KITTI tracking and DarkLabel.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.plurals import count_of
from frameatlas.reid.tracks.formats.table import BadLine, TableBuilder, TrackTable
from frameatlas.reid.tracks.formats.text import (
    Line,
    cells_of,
    delimiter_of,
    has_decimal_commas,
    number_of,
)

_MARKS = re.compile(r"\s*[,;]\s*|\s+")
_TRUTH_COLUMNS, _VISDRONE_COLUMNS = 9, 10
_KITTI_COLUMNS = (17, 18)
_MOST_COLUMNS = 10
_KITTI_TYPES = {"car", "van", "truck", "pedestrian", "person", "person_sitting", "cyclist"}
_KITTI_TYPES |= {"tram", "misc", "dontcare"}


def read_plain(lines: Sequence[Line]) -> TrackTable:
    """The boxes in rows of numbers, and every line that is no box.

    Args:
        lines: Of the file.
    """
    delimiter = delimiter_of([line.text for line in lines[:50]])
    rows = [cells_of(line.text, delimiter) for line in lines]
    comma = delimiter != "," and has_decimal_commas(rows)
    if not comma:  # trackers mix commas and spaces
        rows = [_MARKS.split(line.text.rstrip(",; \t")) for line in lines]
    if is_kitti(rows):
        return read_kitti(lines, rows)
    if is_darklabel(rows):
        return read_darklabel(lines, rows)
    return read_mot_rows(lines, rows, comma=comma)


def is_kitti(rows: Sequence[Sequence[str]]) -> bool:
    """Whether most rows are KITTI's: frame, id, type, and fourteen numbers or more."""
    fit = [r for r in rows[:50] if len(r) in _KITTI_COLUMNS and r[2].lower() in _KITTI_TYPES]
    return len(fit) > len(rows[:50]) / 2


def read_kitti(lines: Sequence[Line], rows: Sequence[Sequence[str]]) -> TrackTable:
    """KITTI tracking: corners of boxes, frames from 0; DontCare has the id -1."""
    builder = TableBuilder("KITTI tracking")
    for line, row in zip(lines, rows, strict=True):
        numbers = [number_of(row[k]) for k in (0, 1, *range(6, 10))] if len(row) > 9 else [None]
        known = [value for value in numbers if value is not None]
        if len(known) != 6:
            builder.bad.append(BadLine(line.number, f"not a row of KITTI's: {line.text[:40]!r}"))
            continue
        frame, track, x1, y1, x2, y2 = known
        score = number_of(row[17]) if len(row) == 18 else None
        builder.add(
            frame,
            track,
            (x1, y1, x2 - x1, y2 - y1),
            confidence=float("nan") if score is None else score,
            label=row[2],
            ignored=row[2].lower() == "dontcare",
            line=line.number,
        )
    return builder.built(first=0, named=True)


def is_darklabel(rows: Sequence[Sequence[str]]) -> bool:
    """Whether most rows say how many boxes follow, and hold as many: frame, n, n times 5 or 6."""
    counted = [_darklabel_width(row) for row in rows[:200]]
    several = any(row[1] not in ("0", "1") for row in rows[:200] if len(row) > 1)
    fit = sum(width is not None for width in counted)
    return several and fit > 0.9 * len(counted) and max(len(row) for row in rows[:200]) > 7


def _darklabel_width(row: Sequence[str]) -> int | None:
    """Cells of each box of a row: 5, or 6 with a label; 0 where there is no box; None: not so."""
    number = number_of(row[1]) if len(row) >= 2 else None
    if number is None or not 0 <= number < 10_000 or number != int(number):
        return None
    rest = [cell for cell in row[2:] if cell]
    if number == 0:
        return 0 if not rest else None
    width, left = divmod(len(rest), int(number))
    return width if left == 0 and width in (5, 6) else None


def read_darklabel(lines: Sequence[Line], rows: Sequence[Sequence[str]]) -> TrackTable:
    """DarkLabel with all boxes of a frame in a line: sides or corners, as the boxes tell."""
    found: list[tuple[int, float, str, list[float], str]] = []
    bad = []
    for line, row in zip(lines, rows, strict=True):
        width, frame = _darklabel_width(row), number_of(row[0])
        if width is None or frame is None:
            bad.append(BadLine(line.number, f"not as many boxes as it says: {line.text[:40]!r}"))
            continue
        for start in range(2, 2 + (width or 1) * int(float(row[1])), width or 1):
            cells = row[start : start + width]
            values = [number_of(cell) for cell in cells[1:5]]
            box = [value for value in values if value is not None]
            if len(box) == 4:
                label = cells[5] if width == 6 else ""
                found.append((line.number, frame, cells[0], box, label))
            else:
                bad.append(BadLine(line.number, f"not a box: {', '.join(cells)[:40]!r}"))
    corners = _are_corners(np.array([box for *_, box, _ in found]).reshape(-1, 4))
    builder = TableBuilder("DarkLabel")
    builder.bad += bad
    for number, frame, track, (x, y, w, h), label in found:
        sides = (w - x, h - y) if corners else (w, h)
        builder.add(frame, track, (x, y, *sides), label=label, line=number)
    return builder.built(named=True)


def _are_corners(box: NDArray[np.float64]) -> bool:
    """Whether four numbers are x1, y1, x2, y2: as sides, boxes would begin beyond their ends."""
    if not len(box):
        return False
    ordered = (box[:, 2] > box[:, 0]) & (box[:, 3] > box[:, 1])
    return bool(ordered.mean() > 0.95)


def read_mot_rows(
    lines: Sequence[Line], rows: Sequence[Sequence[str]], *, comma: bool = False
) -> TrackTable:
    """MOT rows: frame, id, left, top, width, height, and mostly more."""
    builder = TableBuilder("MOT")
    extra: list[list[float]] = []
    for line, row in zip(lines, rows, strict=True):
        values, reason = _numbers(row, line.text, comma=comma)
        if reason:
            builder.bad.append(BadLine(line.number, reason))
            continue
        before = len(builder)
        sure = values[6] if len(values) > 6 and values[6] >= 0 else float("nan")
        builder.add(values[0], values[1], values[2:6], confidence=sure, line=line.number)
        if len(builder) > before:
            extra.append(values[6:_MOST_COLUMNS])
    return _with_classes(builder, extra)


def _numbers(row: Sequence[str], text: str, *, comma: bool) -> tuple[list[float], str]:
    cells = row[:-1] if row and not row[-1] else row
    values = [number_of(cell, decimal_comma=comma) for cell in cells]
    known = [value for value in values if value is not None]
    if len(known) != len(values):
        return [], f"not numbers: {text[:40]!r}"
    if len(known) < 6:
        return [], f"{count_of(len(known), 'column')}, expected 6 or more"
    return known, ""


def _with_classes(builder: TableBuilder, extra: Sequence[Sequence[float]]) -> TrackTable:
    """The table, with the classes and flags that columns 7 to 10 hold, where they do."""
    table = builder.built()
    width = max((len(row) for row in extra), default=0)
    values = np.full((len(table), width), np.nan)
    for number, row in enumerate(extra):
        values[number, : len(row)] = row
    if width == _TRUTH_COLUMNS - 6 and is_truth(values):
        return _classed(table, values[:, 0], values[:, 1], "MOT ground truth", ("1",))
    if width == _VISDRONE_COLUMNS - 6 and is_visdrone(values):
        return _classed(table, values[:, 0], values[:, 1], "VisDrone-MOT", ("1", "2"))
    return table


def is_truth(values: NDArray[np.float64]) -> bool:
    """Whether columns 7 to 9 are flag, class and visibility, as of ground truth.

    BoxMOT writes 1, class and confidence in the same places.
    """
    flag, kind, visibility = values[:, 0], values[:, 1], values[:, 2]
    fit = np.isin(flag, (0, 1)) & (kind >= 1) & (kind == np.floor(kind))
    return bool((fit & (visibility >= 0) & (visibility <= 1)).all())


def is_visdrone(values: NDArray[np.float64]) -> bool:
    """Whether columns 7 to 10 are VisDrone's: score, category 0 to 11, truncation, occlusion."""
    flag, kind, truncated, hidden = values.T
    fit = np.isin(kind, np.arange(12)) & np.isin(truncated, (0, 1)) & np.isin(hidden, (0, 1, 2))
    return bool((fit & (flag >= 0) & (flag <= 1)).all() and (kind >= 1).any())


def _classed(
    table: TrackTable,
    flag: NDArray[np.float64],
    kind: NDArray[np.float64],
    name: str,
    people: tuple[str, ...],
) -> TrackTable:
    numbers, label = np.unique(kind.astype(np.int64), return_inverse=True)
    return replace(
        table,
        format=name,
        label=label.astype(np.int64),
        labels=tuple(map(str, numbers)),
        person_numbers=people,
        ignored=flag == 0,
        confidence=np.ones(len(table)),
    )
