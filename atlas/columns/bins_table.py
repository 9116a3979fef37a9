"""Bins read back from a table of frames."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from frameatlas.atlas import Atlas
from frameatlas.bins.stored import checked_name
from frameatlas.columns.given_table import GivenTable
from frameatlas.columns.joined import Files, nearest_frame
from frameatlas.errors import InputError

KEYS = (("source", "pts"), ("path", "seconds"), ("frame",))
"""What says which frame a row is about; the first that a table has is taken."""

Place = Callable[[tuple[str, ...]], int | None]


def bins_of_table(atlas: Atlas, table: GivenTable) -> tuple[dict[str, list[int]], int]:
    """The frames of each bin that a table names.

    Args:
        atlas: The atlas.
        table: With a column ``bins`` or ``bin`` and the columns of one of ``KEYS``.

    Returns:
        Frames by the bin's name; and how many rows with a bin are of no frame here.

    Raises:
        InputError: It lacks these columns, or names what cannot be a bin.
    """
    names = {name.casefold(): name for name in table.names}
    column = names.get("bins") or names.get("bin")
    key = next((key for key in KEYS if all(name in names for name in key)), None)
    if column is None or key is None:
        raise InputError(
            f"Expected {table.path} to have a column bins, and source and pts, path and seconds, "
            f"or frame. Received: {', '.join(table.names)[:200]}; `frameatlas table` writes such."
        )
    place = _PLACES[KEYS.index(key)](atlas, table)
    rows = zip(*(table.column(names[name]) for name in key), strict=True)
    found: dict[str, list[int]] = defaultdict(list)
    unknown = 0
    for row, cell in zip(rows, table.column(column), strict=True):
        wanted = [part for part in cell.removeprefix("'").split(";") if part.strip()]
        frame = place(row) if wanted else None
        if frame is None:
            unknown += bool(wanted)
            continue
        for name in wanted:
            found[checked_name(name)].append(frame)
    return dict(found), unknown


def _by_number(atlas: Atlas, table: GivenTable) -> Place:
    del table

    def place(row: tuple[str, ...]) -> int | None:
        number = int(row[0]) if row[0].isdecimal() else -1
        return number if 0 <= number < len(atlas) else None

    return place


def _by_path(atlas: Atlas, table: GivenTable) -> Place:
    files = Files(atlas)

    def place(row: tuple[str, ...]) -> int | None:
        frames = files.frames(row[0], table.path)
        if frames is None or not row[1]:
            return frames.start if frames else None
        try:
            frames = nearest_frame(atlas, frames, float(row[1]))
        except ValueError:
            return None
        return frames.start if len(frames) else None

    return place


def _by_pts(atlas: Atlas, table: GivenTable) -> Place:
    del table
    numbers = {source.id: number for number, source in enumerate(atlas.sources)}

    def place(row: tuple[str, ...]) -> int | None:
        number = numbers.get(row[0])
        if number is None or not row[1].removeprefix("-").isdecimal():
            return None
        own = atlas.range_of(number)
        pts = atlas.pts[own.start : own.stop]
        rows = np.flatnonzero(pts == int(row[1]))
        return own.start + int(rows[0]) if len(rows) else None

    return place


_PLACES = (_by_pts, _by_path, _by_number)
