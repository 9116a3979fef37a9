"""``--where``: frames by what is known of them, for every command that takes frames."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.cli.frame_results import frame_values, moment_of
from frameatlas.cli.video_results import print_table
from frameatlas.columns.all_columns import Columns
from frameatlas.columns.where import Condition, Mask, frames_where
from frameatlas.safe_text import say

Frames = NDArray[np.int64]

MOST_ROWS = 1000
"""Rows of a table that a person reads."""


def conditions(command: Callable[..., None]) -> Callable[..., None]:
    """The option ``--where``."""
    return click.option(
        "--where",
        multiple=True,
        metavar="CONDITION",
        help="Only frames for which it holds, as date>=2021-07 or camera=Leica.",
    )(command)


def mask_of(atlas: Atlas, where: Sequence[str]) -> Mask | None:
    """The frames for which all conditions hold, bool of shape (n,); None without conditions.

    Raises:
        InputError: A condition means none.
    """
    return frames_where(Columns(atlas), where) if where else None


def names_of(where: Sequence[str]) -> list[str]:
    """The columns that conditions are about."""
    return list(dict.fromkeys(Condition.parse(text).name for text in where))


def print_frames(
    atlas: Atlas, frames: Frames, beside: Mapping[str, Sequence[Any]], as_json: bool
) -> None:
    """Print frames in their order, each with what is said beside it.

    Args:
        atlas: The atlas.
        frames: Numbers of frames.
        beside: By name, a value for each frame.
        as_json: As one list of objects.
    """
    rows = [frame_values(atlas, int(frame)) for frame in frames]
    told = [dict(zip(beside, values, strict=True)) for values in zip(*beside.values(), strict=True)]
    if as_json:
        say(json.dumps([row | more for row, more in zip(rows, told, strict=True)]))
        return
    shown = [
        (
            moment_of(row),
            Path(row["path"]).name,
            *("" if v is None else str(v) for v in more.values()),
        )
        for row, more in zip(rows[:MOST_ROWS], told, strict=False)
    ]
    print_table(shown, ("time", "name", *beside))
    left = f"; the first {MOST_ROWS} are listed" if len(rows) > MOST_ROWS else ""
    say(f"{len(rows)} frames{left}.", err=True)


def values_beside(atlas: Atlas, frames: Frames, names: Sequence[str]) -> dict[str, list[Any]]:
    """What columns say of frames, by the columns' names."""
    columns = Columns(atlas)
    return {columns[n].name: [columns[n].at(int(frame)) for frame in frames] for n in names}
