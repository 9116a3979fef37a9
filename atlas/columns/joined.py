"""A user's own table joined to the frames: by path or photo, and of videos also by seconds."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import COLUMNS_FILE, Atlas, open_atlas
from frameatlas.columns.column_file import (
    MOST_COLUMNS,
    ColumnTable,
    read_columns,
    stacked,
    write_columns,
)
from frameatlas.columns.frame_column import FrameColumn
from frameatlas.columns.given_table import GivenTable, typed_column
from frameatlas.errors import InputError
from frameatlas.frame_step import frame_step
from frameatlas.store.lock import lock_atlas

KEYS = ("path", "photo", "video", "file")
"""Columns that say to which file a row belongs; the first that a table has is taken."""

RESERVED = frozenset(
    ("frame", "source", "pts", "seconds", "x", "y", "code_x", "code_y", "shot", "cluster", "player")
    + ("tracklet", "team", "bins", "said", "components", "region")
)
"""Names that tables of ours have: a table that came from `frameatlas table` is joined all the same,
without them."""


@dataclass(frozen=True)
class Joined:
    """What a join did.

    Attributes:
        columns: Names of the columns that were added or replaced.
        rows: Rows that belong to a frame.
        frames: Frames that have a row now.
        unknown: Files of rows that belong to none, each once.
    """

    columns: tuple[str, ...]
    rows: int
    frames: int
    unknown: tuple[str, ...]


def add_columns(folder: Path, table: GivenTable) -> Joined:
    """Join a table to the frames and store its columns; those of the same names are replaced.

    Args:
        folder: The atlas.
        table: Has a column of ``KEYS``, perhaps ``seconds``, and at least one more.

    Raises:
        InputError: The table has no such columns, a file name could mean several files, or no row
            belongs to any frame.
        LockedError: Another process is writing the atlas.
    """
    key, names = _columns_of(table)
    with lock_atlas(folder):
        atlas = open_atlas(folder)
        row_of, rows, unknown = _rows_of_frames(atlas, table, key)
        if not rows:
            raise InputError(
                f"Expected rows of {table.path} about files of {folder}. Received: none of "
                f"{len(table.rows)}; {key} has to hold paths or file names such as "
                f"{_example(atlas)}."
            )
        new = [_spread(typed_column(n, table.column(n), table.decimal), row_of) for n in names]
        kept = [c for c in own_columns(atlas).values() if c.name not in names]
        _store(atlas, [*kept, *new])
    return Joined(tuple(names), rows, int((row_of >= 0).sum()), unknown)


def forget_columns(folder: Path, names: tuple[str, ...]) -> None:
    """Take columns of a user's own out of an atlas.

    Raises:
        InputError: There is no such column.
    """
    with lock_atlas(folder):
        atlas = open_atlas(folder)
        columns = own_columns(atlas)
        for name in names:
            if name not in columns:
                there = ", ".join(columns) or "none"
                raise InputError(
                    f"Expected a column that was added. Received: {name!r}; there are: {there}."
                )
        _store(atlas, [column for name, column in columns.items() if name not in names])


def own_columns(atlas: Atlas) -> dict[str, FrameColumn]:
    """The columns that a user added, a row for each frame; new sources have nothing in them.

    Raises:
        DamagedAtlasError: The file is not what was written.
    """
    table = read_columns(atlas.folder / COLUMNS_FILE)
    if table is None:
        return {}
    starts: dict[str, tuple[int, int]] = {}
    start = 0
    for name, rows in table.sources:
        starts[name] = (start, rows)
        start += rows
    # A place after the last row stands for what is not there.
    places = np.full(len(atlas), start, np.int64)
    for number, source in enumerate(atlas.sources):
        own = atlas.range_of(number)
        first, rows = starts.get(source.id, (0, -1))
        if rows == len(own):
            places[own.start : own.stop] = np.arange(first, first + rows)
    return {column.name: _taken(column, places) for column in table.columns}


def _taken(column: FrameColumn, places: NDArray[np.int64]) -> FrameColumn:
    nothing = -1 if column.kind == "text" else np.nan
    values = np.append(column.values, nothing).astype(column.values.dtype)[places]
    return FrameColumn(column.name, column.kind, values, column.labels)


def _store(atlas: Atlas, columns: list[FrameColumn]) -> None:
    if len(columns) > MOST_COLUMNS:
        raise InputError(
            f"Expected at most {MOST_COLUMNS} columns in one atlas. Received: {len(columns)}; "
            "forget some with --forget NAME."
        )
    if not columns:
        (atlas.folder / COLUMNS_FILE).unlink(missing_ok=True)
        return
    sources = tuple((source.id, source.frames) for source in atlas.sources)
    whole = [stacked([column], len(atlas)) if len(atlas) else column for column in columns]
    write_columns(atlas.folder / COLUMNS_FILE, ColumnTable(tuple(whole), sources))


def _columns_of(table: GivenTable) -> tuple[str, list[str]]:
    """The column of files, and those that are joined."""
    folded = {name.casefold(): name for name in reversed(table.names)}
    key = next((folded[name] for name in KEYS if name in folded), None)
    if key is None:
        raise InputError(
            f"Expected {table.path} to have a column {', '.join(KEYS[:-1])} or {KEYS[-1]}. "
            f"Received: {', '.join(table.names)[:200]}; name the column of files so."
        )
    names = [n for n in table.names if n != key and n.casefold() not in RESERVED]
    if not names:
        raise InputError(
            f"Expected {table.path} to have a column beside {', '.join(table.names)[:200]}. "
            "Received: none that is not frameatlas' own; add one, or name it otherwise."
        )
    return key, names


def _rows_of_frames(
    atlas: Atlas, table: GivenTable, key: str
) -> tuple[NDArray[np.int64], int, tuple[str, ...]]:
    """Row of each frame, -1 for none; how many rows have frames; files that are not known."""
    files = Files(atlas)
    seconds = _seconds(table)
    found = np.full(len(atlas), -1, np.int64)
    used = 0
    unknown: dict[str, None] = {}
    for number, name in enumerate(table.column(key)):
        frames = files.frames(name, table.path)
        if frames is None:
            unknown[name] = None
            continue
        if seconds is not None and seconds[number] == seconds[number]:
            frames = nearest_frame(atlas, frames, seconds[number])
        found[frames.start : frames.stop] = number
        used += bool(len(frames))
    return found, used, tuple(unknown)


def _seconds(table: GivenTable) -> NDArray[np.float64] | None:
    name = next((name for name in table.names if name.casefold() == "seconds"), None)
    if name is None:
        return None
    column = typed_column(name, table.column(name), table.decimal)
    if column.kind not in ("whole", "number"):
        raise InputError(
            f"Expected seconds in {table.path} to be numbers. Received: others; write 12.5 for "
            "twelve and a half."
        )
    return np.asarray(column.values, np.float64)


def nearest_frame(atlas: Atlas, frames: range, seconds: float) -> range:
    """The frame of a video that is nearest to a time; none where that lies outside the video."""
    times = atlas.seconds[frames.start : frames.stop]
    place = int(np.abs(times - seconds).argmin())
    step = frame_step(atlas, int(atlas.source_numbers[frames.start]))
    near = abs(float(times[place]) - seconds) <= step
    return range(frames.start + place, frames.start + place + near)


def _spread(column: FrameColumn, row_of: NDArray[np.int64]) -> FrameColumn:
    """A column of the table's rows as one of the frames."""
    return _taken(column, np.where(row_of < 0, len(column), row_of))


class Files:
    """Which frames a path means: all of it, or as many of its last parts as were written."""

    def __init__(self, atlas: Atlas) -> None:
        self._all = list(_frames_of_files(atlas))
        self._by_depth: dict[int, dict[tuple[str, ...], list[range]]] = {}

    def frames(self, name: str, table: Path) -> range | None:
        """The frames of a file; None where there is none; InputError where there are several."""
        parts = tuple(part for part in PurePath(name.replace("\\", "/")).parts if part != ".")
        if not parts:
            return None
        if len(parts) not in self._by_depth:
            held = defaultdict(list)
            for path, frames in self._all:
                held[PurePath(path).parts[-len(parts) :]].append(frames)
            self._by_depth[len(parts)] = dict(held)
        found = self._by_depth[len(parts)].get(parts, [])
        if len(found) > 1:
            raise InputError(
                f"Expected each file of {table} to mean one. Received: {name!r}, which names "
                f"{len(found)} files of the atlas; write its folder too."
            )
        return found[0] if found else None


def _frames_of_files(atlas: Atlas) -> Iterator[tuple[str, range]]:
    """Each original and its frames, which lie side by side; pages of one photo are one file."""
    for number, source in enumerate(atlas.sources):
        own = atlas.range_of(number)
        if source.kind == "video":
            if len(own):
                yield source.path, own
            continue
        paths = [str(atlas.origins[frame].path) for frame in own]
        start = 0
        for place in range(1, len(paths) + 1):
            if place == len(paths) or paths[place] != paths[start]:
                yield paths[start], range(own.start + start, own.start + place)
                start = place


def _example(atlas: Atlas) -> str:
    return next((PurePath(path).name for path, _ in _frames_of_files(atlas)), "beach.mp4")
