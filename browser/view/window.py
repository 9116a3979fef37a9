"""A window of the map: which cells of it stand for several frames, what is nearest to it."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.overlays import values_of, visible
from frameatlas.browser.web.parameters import real

Window = tuple[float, float, float, float]
"""Left, bottom, right and top in map coordinates."""

MOST_CELLS = 20_000
"""Cells that a window is told of; a screen has room for some hundred."""


def window_of(query: Mapping[str, str]) -> Window | None:
    """The window that a query names: left, bottom, right, top; None where it names none."""
    if "left" not in query:
        return None
    left, bottom, right, top = (
        real(query, side, -1e30, 1e30, None) for side in ("left", "bottom", "right", "top")
    )
    return left, bottom, right, top


def shared_cells(opened: OpenMap, frames: NDArray[np.int64], level: int) -> NDArray[np.float32]:
    """Cells of a grid that stand for several of some frames.

    Args:
        opened: The map.
        frames: int64 of shape (n,): the frames.
        level: The grid has 2^level cells a side.

    Returns:
        float32 of shape (m, 3): x and y of a cell's middle on the map, and its frames, at least 2.
    """
    side = 1 << level
    places = opened.pyramid().places[frames]
    column = np.clip((places[:, 0] + 1) / 2 * side, 0, side - 1).astype(np.int64)
    row = np.clip((1 - places[:, 1]) / 2 * side, 0, side - 1).astype(np.int64)
    cells, counts = np.unique(row * side + column, return_counts=True)
    shared = counts > 1
    cells, counts = cells[shared][:MOST_CELLS], counts[shared][:MOST_CELLS]
    x, y = (cells % side + 0.5) / side * 2 - 1, 1 - (cells // side + 0.5) / side * 2
    return np.column_stack([x, y, counts]).astype(np.float32)


def nearest_frame(opened: OpenMap, chosen: Filter, place: tuple[float, float]) -> int | None:
    """The frame of a filter that is drawn nearest to a place; None where it keeps none."""
    frames = visible(opened, chosen, None)
    if not len(frames):
        return None
    # Beyond the map everything is far: the place is taken to its margin, or squares overflow.
    away = opened.pyramid().places[frames] - np.clip(place, -2, 2)
    return int(frames[int((away**2).sum(axis=1).argmin())])


def counted(
    opened: OpenMap, frames: NDArray[np.int64], colour: str, query: Mapping[str, str]
) -> list[list[int]]:
    """How many of some frames have each colour: pairs of its number and their count."""
    if colour == "time":
        return []
    if colour == "column" and opened.known.scaled(query.get("column", "")):
        return []
    values = values_of(opened, frames, colour, query).astype(np.int64)
    numbers, counts = np.unique(values, return_counts=True)
    return [[int(number), int(count)] for number, count in zip(numbers, counts, strict=True)]
