"""Ultralytics: the folder of ``labels/NAME_1.txt`` … that ``save_txt`` writes, a file a frame."""

import re
from collections.abc import Sequence
from pathlib import Path

from frameatlas.reid.tracks.formats.table import BadLine, TableBuilder, TrackTable
from frameatlas.reid.tracks.formats.text import number_of, read_text

_NAME = re.compile(r"(.*?)_?(\d{1,9})")
_MOST_FILES = 10_000_000


def label_files(folder: Path) -> dict[int, Path]:
    """The files of labels in a folder, by frame; none where it is no such folder."""
    for place in (folder, folder / "labels"):
        files = (
            [f for f in place.glob("*.txt") if _NAME.fullmatch(f.stem)] if place.is_dir() else []
        )
        if files and _is_labels(min(files)):
            return {int(_matched(file)): file for file in files[:_MOST_FILES]}
    return {}


def _matched(file: Path) -> str:
    found = _NAME.fullmatch(file.stem)
    return found[2] if found else "0"


def _is_labels(file: Path) -> bool:
    """Whether the first line is a class and shares of a picture."""
    first = (read_text(file).split("\n") or [""])[0].split()
    values = [number_of(cell) for cell in first]
    known = [value for value in values if value is not None]
    if len(known) != len(first) or len(known) < 5:
        return not first
    return known[0] == int(known[0]) and all(-0.5 <= value <= 1.5 for value in known[1:5])


def read_ultralytics(files: dict[int, Path]) -> TrackTable:
    """The boxes: ``class xc yc w h [confidence] [id]``, or polygons, as shares of the picture."""
    builder = TableBuilder("ultralytics save_txt")
    for frame, file in sorted(files.items()):
        for number, line in enumerate(read_text(file).splitlines(), 1):
            if not line.strip():
                continue
            values = [number_of(cell) for cell in line.split()]
            known = [value for value in values if value is not None]
            if len(known) != len(values) or len(known) < 5:
                builder.bad.append(BadLine(number, f"of {file.name}: not a label {line[:40]!r}"))
                continue
            box, sure, track = _read(known)
            builder.add(frame, track, box, confidence=sure, label=str(int(known[0])), line=number)
    # Frames are counted from 1 since 8.0.190; before, from 0 in no release that writes ids.
    return builder.built(normalised=True, first=0 if 0 in files else 1, person_numbers=("0",))


def _read(values: Sequence[float]) -> tuple[list[float], float, float]:
    """Box, confidence and id of a line."""
    if len(values) > 7:
        rest = list(values[1:])
        tail = rest[len(rest) - len(rest) % 2 :] if len(rest) % 2 else []
        points = rest[: len(rest) - len(tail)]
        x, y = points[::2], points[1::2]
        box = [min(x), min(y), max(x) - min(x), max(y) - min(y)]
        return box, float("nan"), tail[0] if tail else -1
    across, down, width, height = values[1:5]
    box = [across - width / 2, down - height / 2, width, height]
    more = values[5:]
    if len(more) == 2:
        return box, more[0], more[1]
    if len(more) == 1 and more[0] != int(more[0]):
        return box, more[0], -1
    return box, float("nan"), more[0] if more else -1
