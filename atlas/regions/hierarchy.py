"""Regions within regions: few large ones from far, more and smaller ones from near."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.regions.clusters import Clusters

LEVELS = 3
"""The clusters themselves, their parts, and the parts of those."""

PARTS = 4
"""Parts of a region, at most."""

LEAST = 12
"""Frames for each part of a region: fewer can be looked at one by one."""

FITTED = 2_000
"""Frames of a region that its parts are found on."""


@dataclass(frozen=True, eq=False)
class Level:
    """The regions of one level.

    Attributes:
        labels: int32 of shape (n,): each frame's region; -1 where its region has no parts.
        parents: int64 of shape (regions,): the region of the level above that each is part of.
        frames: int64 of shape (regions,): a frame near the middle of each.
        sizes: int64 of shape (regions,): frames in each.
        spreads: float64 of shape (regions,): root mean square of the frames' distance from the
            middle, in map units.
    """

    labels: NDArray[np.int32]
    parents: NDArray[np.int64]
    frames: NDArray[np.int64]
    sizes: NDArray[np.int64]
    spreads: NDArray[np.float64]

    def __len__(self) -> int:
        """Number of regions."""
        return len(self.sizes)


def nested_regions(
    coordinates: NDArray[np.float64], clusters: Clusters, levels: int = LEVELS
) -> list[Level]:
    """The clusters of a map, their parts and the parts of those; the same map gives the same.

    Args:
        coordinates: float64 of shape (n, 2), in [-1, 1].
        clusters: Those of the first level.
        levels: How many levels at most.

    Returns:
        The levels from the coarsest on; at least one, which may be empty.
    """
    labels = clusters.labels.astype(np.int32)
    none = np.full(len(clusters.sizes), -1, np.int64)
    found = [_level(coordinates, labels, none)]
    while len(found) < levels:
        finer = _split(coordinates, found[-1])
        if finer is None:
            break
        found.append(finer)
    return found


def _split(coordinates: NDArray[np.float64], level: Level) -> Level | None:
    """The parts of a level's regions; None where none is large enough."""
    labels = np.full(len(coordinates), -1, np.int32)
    parents: list[int] = []
    order = np.argsort(level.labels, kind="stable")
    bounds = np.searchsorted(level.labels[order], np.arange(len(level) + 1))
    for region in range(len(level)):
        members = order[bounds[region] : bounds[region + 1]]
        parts = _parts(coordinates[members])
        if parts is None:
            continue
        labels[members] = parts + len(parents)
        parents += [region] * (int(parts.max()) + 1)
    return _level(coordinates, labels, np.array(parents, np.int64)) if parents else None


def _parts(points: NDArray[np.float64]) -> NDArray[np.int32] | None:
    """Which part each point of a region is of; None where it stays whole."""
    count = min(PARTS, len(points) // LEAST)
    sample = points[:: max(1, len(points) // FITTED)]
    count = min(count, len(np.unique(sample, axis=0)))
    if count < 2:
        return None
    from sklearn.cluster import KMeans

    middles = KMeans(count, n_init=1, random_state=0).fit(sample).cluster_centers_
    away = ((points[:, None] - middles[None]) ** 2).sum(axis=2)
    parts = np.unique(away.argmin(axis=1), return_inverse=True)[1].reshape(-1).astype(np.int32)
    return parts if parts.max() > 0 else None


def _level(
    coordinates: NDArray[np.float64], labels: NDArray[np.int32], parents: NDArray[np.int64]
) -> Level:
    """Middles, sizes and spreads of labelled frames."""
    count = len(parents)
    inside = np.flatnonzero(labels >= 0)
    own, points = labels[inside], coordinates[inside]
    sizes = np.bincount(own, minlength=count).astype(np.int64)
    sums = [np.bincount(own, weights=points[:, axis], minlength=count) for axis in (0, 1)]
    middles = np.stack(sums, axis=1).reshape(count, 2) / np.maximum(sizes, 1)[:, None]
    away = ((points - middles[own]) ** 2).sum(axis=1) if count else np.zeros(0)
    squares = np.bincount(own, weights=away, minlength=count)
    spreads = np.sqrt(squares / np.maximum(sizes, 1))
    # The nearest of each region comes first in its own part of this order.
    order = np.lexsort((away, own))
    starts = np.searchsorted(own[order], np.arange(count))
    frames = inside[order[np.minimum(starts, max(len(order) - 1, 0))]] if len(order) else starts
    return Level(labels, parents, frames.astype(np.int64), sizes, spreads)
