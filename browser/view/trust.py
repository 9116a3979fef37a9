"""Where the map is untrustworthy: the neighbours that it has lost, place by place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import FrameatlasError
from frameatlas.geometry.directions import directions
from frameatlas.summary import map_figures

GRID = (18, 32)
"""Rows and columns of the map's grid of places."""

SAMPLE = 5_000
"""Frames whose neighbours are compared: exact, within a second and 100 MB."""

NEIGHBOURS = 12
"""As many as the map's quality figures take."""

_BLOCK = 500


@dataclass(frozen=True, eq=False)
class Trust:
    """Lost neighbours, place by place; the top row of the map first.

    Attributes:
        lost: uint8 of shape ``GRID``: 0 where all neighbours stayed, 255 where none did.
        counts: uint32 of shape ``GRID``: sampled frames in each place; 0 says nothing is known.
    """

    lost: NDArray[np.uint8]
    counts: NDArray[np.uint32]


def trust_of(atlas: Atlas) -> Trust:
    """Compare neighbours in feature space with those on the map, on a sample.

    Args:
        atlas: The atlas.

    Returns:
        The mean share of lost neighbours for each place.
    """
    count = min(len(atlas), SAMPLE)
    rng = np.random.default_rng(0)
    sample = np.sort(rng.choice(len(atlas), count, replace=False))
    points = atlas.coordinates[sample].astype(np.float32)
    lost = lost_neighbours(directions(atlas.scores[sample].astype(np.float32)), points)
    rows, columns = GRID
    column = np.clip((points[:, 0] + 1) / 2 * columns, 0, columns - 1).astype(np.int64)
    row = np.clip((1 - points[:, 1]) / 2 * rows, 0, rows - 1).astype(np.int64)
    place = row * columns + column
    counts = np.bincount(place, minlength=rows * columns)
    sums = np.bincount(place, weights=lost, minlength=rows * columns)
    mean = np.divide(sums, counts, out=np.zeros(rows * columns), where=counts > 0)
    return Trust(
        np.round(255 * mean).astype(np.uint8).reshape(GRID), counts.astype(np.uint32).reshape(GRID)
    )


def order_of(atlas: Atlas) -> float | None:
    """How well far regions lie in order, 1 at best; None where the map's figures do not say."""
    try:
        order = (map_figures(atlas).get("map") or {}).get("order")
    except FrameatlasError:  # the overlay is there all the same
        return None
    return None if order is None else float(order)


def lost_neighbours(
    features: NDArray[np.float32], points: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Share of each row's nearest rows in feature space that are not among its nearest points.

    Args:
        features: float32 of shape (n, k), rows of length 1.
        points: float32 of shape (n, 2).

    Returns:
        float64 of shape (n,), 0 to 1.
    """
    near = min(NEIGHBOURS, len(points) - 1)
    lost = np.zeros(len(points))
    if near < 1:
        return lost
    for start in range(0, len(points), _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, len(points)))
        alike = -(features[rows] @ features.T)
        away = ((points[rows, None, :] - points[None, :, :]) ** 2).sum(axis=2)
        for table in (alike, away):
            table[np.arange(len(rows)), rows] = np.inf
        wanted = np.argpartition(alike, near - 1, axis=1)[:, :near]
        there = np.argpartition(away, near - 1, axis=1)[:, :near]
        kept = (wanted[:, :, None] == there[:, None, :]).any(axis=2).sum(axis=1)
        lost[rows] = 1 - kept / near
    return lost
