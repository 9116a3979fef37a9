"""What photos and videos say of themselves, or their file: date, camera, lens and place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from frameatlas.atlas import Atlas
from frameatlas.columns.column_file import ColumnTable, read_columns, stacked
from frameatlas.columns.frame_column import FrameColumn, text_column
from frameatlas.store.manifest import Source
from frameatlas.store.source_record import METADATA_FILE

DATE_FROM = ("exif", "container", "file")
"""What says a date: the camera in a photo, in a video, or, for want of both, the file's own."""

PLACES = ("latitude", "longitude")

_NUMBERS = {"date": "date", "latitude": "number", "longitude": "number"}
_TEXTS = ("date_from", "camera", "lens")

NAMES = ("date", "date_from", "camera", "lens", *PLACES)
"""The columns, in the order of tables."""


@dataclass(frozen=True)
class Metadata:
    """What is known of one photo or video.

    Attributes:
        date: Seconds since 1970 by the camera's own clock, of a photo or of a video's first frame;
            by UTC where a container or the file says it; None where nothing does.
        date_from: One of ``DATE_FROM``, "" without a date.
        camera: Maker and model, "" where not known.
        lens: The same of the lens.
        latitude: Degrees, north positive; None where not known.
        longitude: Degrees, east positive; None where not known.
    """

    date: float | None = None
    date_from: str = ""
    camera: str = ""
    lens: str = ""
    latitude: float | None = None
    longitude: float | None = None


def metadata_table(source: Source, rows: Sequence[Metadata]) -> ColumnTable:
    """What is stored of a source: a row for each of its photos, or one for its video."""
    columns = []
    for name in NAMES:
        found = [getattr(row, name) for row in rows]
        if name in _TEXTS:
            columns.append(text_column(name, found))
        else:
            values = np.array([np.nan if v is None else v for v in found], np.float64)
            columns.append(FrameColumn(name, _NUMBERS[name], values))
    return ColumnTable(tuple(columns), ((source.id, len(rows)),))


def metadata_columns(atlas: Atlas) -> dict[str, FrameColumn]:
    """The columns of ``NAMES`` of which anything is known; a row for each frame.

    Frames of a video have the date of its first frame and the time that has passed since; where
    only the file has a date, it is that of all.

    Raises:
        DamagedAtlasError: A file is not what was written.
    """
    tables = [_of_source(atlas, number) for number in range(len(atlas.sources))]
    found = {}
    for name in NAMES:
        column = stacked([table[name] for table in tables], len(atlas)) if tables else None
        if column is not None and column.known.any():
            found[name] = column
    return found


def _of_source(atlas: Atlas, number: int) -> Mapping[str, FrameColumn]:
    source = atlas.sources[number]
    frames = len(atlas.range_of(number))
    table = read_columns(atlas.folder / "sources" / source.id / METADATA_FILE) if frames else None
    columns = {column.name: column for column in table.columns} if table else {}
    rows = frames if source.kind == "photos" else 1
    if any(_unfit(name, columns, rows) for name in NAMES):
        return {name: _nothing(name, frames) for name in NAMES}
    if source.kind == "photos":
        return columns
    return {name: _over_time(atlas, number, name, columns) for name in NAMES}


def _unfit(name: str, columns: Mapping[str, FrameColumn], rows: int) -> bool:
    column = columns.get(name)
    return column is None or len(column) != rows or column.kind != _NUMBERS.get(name, "text")


def _over_time(
    atlas: Atlas, number: int, name: str, columns: Mapping[str, FrameColumn]
) -> FrameColumn:
    """A video's one row for each of its frames."""
    column, own = columns[name], atlas.range_of(number)
    values = np.repeat(column.values, len(own))
    if name == "date" and columns["date_from"].at(0) != "file":
        seconds = atlas.seconds[own.start : own.stop]
        values = values + (seconds - seconds[0])
    return FrameColumn(name, column.kind, values, column.labels)


def _nothing(name: str, frames: int) -> FrameColumn:
    if name in _TEXTS:
        return FrameColumn(name, "text", np.full(frames, -1, np.int32))
    return FrameColumn(name, _NUMBERS[name], np.full(frames, np.nan))
