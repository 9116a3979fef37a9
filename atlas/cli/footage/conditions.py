"""``--where``: only frames for which conditions hold."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from frameatlas.atlas import Atlas
from frameatlas.columns.all_columns import Columns
from frameatlas.columns.where import Mask, frames_where


def conditions(command: Callable[..., Any]) -> Callable[..., Any]:
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
