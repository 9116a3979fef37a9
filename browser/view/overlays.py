"""What lies over the map: points and their colours, density, clusters."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from frameatlas.browser.view.filters import Filter, clustering_of
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.player_facts import colour_numbers, players_at, team_numbers

MOST_POINTS = 50_000
"""Points that are sent: above, the density says more."""


DENSITY_GRID = (144, 256)
"""Rows and columns of the density: square pixels on a map of 16 to 9."""


COLOURS = ("source", "folder", "time", "cluster", "player", "team", "column")
"""What points can be coloured by."""


POINT = np.dtype([("frame", "<u4"), ("x", "<f4"), ("y", "<f4"), ("value", "<f4")])
"""One point as it is sent."""


def visible(
    opened: OpenMap, chosen: Filter, window: tuple[float, float, float, float] | None
) -> NDArray[np.int64]:
    """The frames of a filter that are drawn within a window: left, bottom, right, top."""
    mask = chosen.mask(opened)
    if window is None:
        return np.arange(len(opened.atlas)) if mask is None else np.flatnonzero(mask)
    places = opened.pyramid().places
    left, bottom, right, top = window
    inside = (places[:, 0] >= left) & (places[:, 0] <= right)
    inside &= (places[:, 1] >= bottom) & (places[:, 1] <= top)
    return np.flatnonzero(inside if mask is None else inside & mask)


def spread_evenly(count: int, most: int) -> NDArray[np.int64]:
    """Positions evenly through a list, all of them where they are few."""
    if count <= most:
        return np.arange(count)
    return (np.arange(most) * (count / most)).astype(np.int64)


def values_of(
    opened: OpenMap, frames: NDArray[np.int64], colour: str, query: Mapping[str, str]
) -> NDArray[np.float32]:
    """What frames are coloured by: number of video, folder, cluster, player, or share of time.

    Of a column, which the query names, the place among its values or the share of its span; -1
    where nothing is known.
    """
    atlas = opened.atlas
    numbers = atlas.source_numbers[frames]
    if colour == "source":
        return numbers.astype(np.float32)
    if colour == "folder":
        return opened.folders()[1][numbers].astype(np.float32)
    if colour == "cluster":
        return opened.clusters(clustering_of(query)).labels[frames].astype(np.float32)
    if colour in ("player", "team"):
        shown = players_at(opened, query.get("edit"))
        named = colour_numbers(shown, frames) if colour == "player" else team_numbers(shown)[frames]
        return named.astype(np.float32)
    if colour == "column":
        return opened.known.colours(query.get("column", ""))[frames]
    within = (frames - atlas.offsets[numbers]) / np.maximum(np.diff(atlas.offsets)[numbers], 1)
    return within.astype(np.float32)


def density_of(opened: OpenMap, frames: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Frames in each place of a grid, on a logarithmic scale to 255; the top row first."""
    rows, columns = DENSITY_GRID
    places = opened.pyramid().places[frames]
    column = np.clip((places[:, 0] + 1) / 2 * columns, 0, columns - 1).astype(np.int64)
    row = np.clip((1 - places[:, 1]) / 2 * rows, 0, rows - 1).astype(np.int64)
    counts = np.bincount(row * columns + column, minlength=rows * columns)
    scale = np.log1p(max(1, int(counts.max())))
    # What is not empty stays above nothing, however dense another place is.
    shade = np.where(counts > 0, np.maximum(1, np.round(255 * np.log1p(counts) / scale)), 0)
    return shade.astype(np.uint8).reshape(DENSITY_GRID)
