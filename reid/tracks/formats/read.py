"""The seam: any file or folder of tracks becomes one table, or one sentence says what it is."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from frameatlas.errors import SourceError
from frameatlas.reid.tracks.formats.archives import read_zip
from frameatlas.reid.tracks.formats.cvat import read_cvat_xml
from frameatlas.reid.tracks.formats.header import is_header, knows, read_header_table
from frameatlas.reid.tracks.formats.json_shapes import read_json
from frameatlas.reid.tracks.formats.plain import read_plain
from frameatlas.reid.tracks.formats.soccernet import find_gameinfo, read_gameinfo
from frameatlas.reid.tracks.formats.table import TrackTable
from frameatlas.reid.tracks.formats.teamtrack import is_teamtrack, read_teamtrack
from frameatlas.reid.tracks.formats.text import (
    Line,
    cells_of,
    delimiter_of,
    lines_of,
    number_of,
    read_text,
)
from frameatlas.reid.tracks.formats.ultralytics import label_files, read_ultralytics

_MOST_ABOVE = 10
"""Lines among which a header is looked for."""

COLUMNS = "frame, id, left, top, width, height, and optionally confidence and more"

OTHERS = {
    ".pkl": ("a pickle (MMTracking and others write them)", "its COCO-VID JSON"),
    ".pickle": ("a pickle", "a CSV with a header"),
    ".npy": ("an array of NumPy's", "a CSV with a header"),
    ".npz": ("arrays of NumPy's", "a CSV with a header"),
    ".mat": ("a file of MATLAB's", "a CSV with a header"),
    ".parquet": ("Parquet", "a CSV with a header"),
    ".feather": ("Feather", "a CSV with a header"),
    ".h5": ("HDF5", "a CSV with a header"),
    ".hdf5": ("HDF5", "a CSV with a header"),
    ".xlsx": ("a spreadsheet", "a CSV with a header"),
    ".xls": ("a spreadsheet", "a CSV with a header"),
    ".ods": ("a spreadsheet", "a CSV with a header"),
    ".tfrecord": ("TFRecords", "a CSV with a header"),
    ".db": ("a database", "a CSV with a header"),
    ".pt": ("a model or tensors of PyTorch's", "a CSV with a header"),
    ".bag": ("a ROS bag", "a CSV with a header"),
    ".yaml": ("YAML", "a CSV with a header"),
    ".yml": ("YAML", "a CSV with a header"),
}
"""By the end of their name: what files that are not read are, and what to write instead."""

_BEGINNINGS = {b"PAR1": ".parquet", b"\x89HDF": ".h5", b"\x93NUM": ".npy", b"\x80\x04\x95": ".pkl"}


def read_table(path: Path, video: str = "") -> TrackTable:
    """The boxes of a file or folder of tracks.

    Args:
        path: What a tracker or a tool wrote.
        video: Name of the video without its ending, for files that hold several.

    Raises:
        SourceError: It cannot be read, or is of no format that is known.
    """
    if path.is_dir():
        return _read_folder(path, video)
    _refuse_others(path)
    if path.suffix.lower() == ".zip":
        name, text, labels = read_zip(path)
        return _labelled(parse_table(text, str(path), name, video), labels)
    table = parse_table(read_text(path), str(path), path.name, video)
    if not len(table):
        raise SourceError(_nothing(str(path), table))
    beside = path.parent / "labels.txt"
    if beside.is_file() and beside != path and table.labels and not table.named:
        lines = read_text(beside).splitlines()
        table = _labelled(table, tuple(line.strip() for line in lines if line.strip()))
    info = find_gameinfo(path)
    return replace(table, people=read_gameinfo(info)) if info and not table.people else table


def parse_table(text: str, place: str, name: str = "", video: str = "") -> TrackTable:
    """The boxes in the text of a file.

    Args:
        text: The file.
        place: Its path, for messages.
        name: Its name, whose ending is heeded.
        video: See ``read_table``.
    """
    begin = text.lstrip()[:1]
    if begin == "<":
        return read_cvat_xml(text, place)
    if begin in {"{", "["} or name.lower().endswith((".json", ".jsonl")):
        return read_json(text, place, video)
    lines = lines_of(text)
    if is_teamtrack(lines):
        return read_teamtrack(lines, place)
    titled = _with_header(text, lines)
    if titled:
        return read_header_table(titled, place)
    if lines and re.match(r"[\"']?[A-Za-z_]", lines[0].text):
        lines = lines[1:]  # a title
    table = read_plain(lines)
    if not len(table):
        raise SourceError(_nothing(place, table))
    return table


def _with_header(text: str, lines: Sequence[Line]) -> list[Line]:
    """The lines from the header on; none where there is no header.

    Above it may stand a title, or the ``sep=;`` of spreadsheets; and NumPy writes it as a comment.
    """
    delimiter = delimiter_of([line.text for line in lines[:50]])
    above = (Line(n, raw) for n, raw in enumerate(text.splitlines()[:_MOST_ABOVE], 1))
    for line in above:
        words = line.text.strip().removeprefix("#").strip()
        cells = cells_of(words, delimiter)
        numbers = sum(number_of(cell) is not None for cell in cells)
        if words and not numbers and is_header(cells) and (line.number == 1 or knows(cells)):
            return [Line(line.number, words), *(o for o in lines if o.number > line.number)]
        if numbers > 1:
            break
    return []


def _read_folder(path: Path, video: str) -> TrackTable:
    for inner in ("gt/gt.txt", "Labels-GameState.json", "annotations.xml"):
        if (path / inner).is_file():
            return read_table(path / inner, video)
    files = label_files(path)
    if files:
        return read_ultralytics(files)
    raise SourceError(
        f"Expected tracks in the folder {path}: labels of ultralytics (a file a frame), gt/gt.txt, "
        "or SoccerNet's Labels-GameState.json. Received: none of them; name the file of tracks."
    )


def _refuse_others(path: Path) -> None:
    """Name what a file is that is no text."""
    ending = path.suffix.lower()
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError:
        return  # reading it says why
    for beginning, kind in _BEGINNINGS.items():
        if head.startswith(beginning[:4]):
            ending = kind
    if ending in OTHERS:
        what, instead = OTHERS[ending]
        raise SourceError(
            f"Expected tracks as text, JSON, XML or a zip of CVAT's in {path}. Received: {what}, "
            f"which is not read; write {instead} from it."
        )


def _labelled(table: TrackTable, names: tuple[str, ...]) -> TrackTable:
    """A table whose classes were numbers, from 1, with their names."""
    if not names or table.named or not table.labels:
        return table
    places = [int(label) - 1 if label.isdigit() else -1 for label in table.labels]
    if not all(0 <= place < len(names) for place in places):
        return table
    return replace(table, labels=tuple(names[place] for place in places), named=True)


def _nothing(place: str, table: TrackTable) -> str:
    shown = f"; {table.bad[0]}" if table.bad else ""
    return (
        f"Expected a row a box in {place}: {COLUMNS}. Received: no such row{shown}; for example "
        "1,7,250.5,103,40,92,1,-1,-1,-1."
    )
