"""Constrained average linkage: nearest clusters are merged, but never two that were seen together.

Two clusters may merge only where no pair of their members is forbidden; a merged cluster inherits
the bans of both. The distance of clusters is the mean over their pairs of members, weighted.
"""

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.linkage import Merges, merge_nearest


def link(
    distance: NDArray[np.floating],
    weight: NDArray[np.floating],
    forbidden: NDArray[np.bool_],
    together: NDArray[np.int64] | None = None,
) -> Merges:
    """Merge until nothing may be merged any more.

    Args:
        distance: Shape (n, n), symmetric.
        weight: Shape (n,), positive: how much each item counts in means.
        forbidden: Shape (n, n), symmetric: pairs that must never be in one cluster.
        together: int64 of shape (n,): items of equal numbers begin in one cluster.

    Returns:
        All merges. Ties go to the cluster with the least member.
    """
    n = len(distance)
    start = np.arange(n) if together is None else _least_members(together)
    table = np.array(distance, np.float64)
    mass = np.array(weight, np.float64)
    ban = forbidden.copy()

    def union(first: int, second: int) -> NDArray[np.float64]:
        """Mean distances to the members of both; what either may not be, both may not."""
        share = mass[first] / (mass[first] + mass[second])
        row = share * table[first] + (1 - share) * table[second]
        forbids = ban[first] | ban[second]
        mass[first] += mass[second]
        ban[first] = ban[:, first] = forbids
        row[forbids] = np.inf
        return np.asarray(row, np.float64)

    for second in np.flatnonzero(start != np.arange(n)).tolist():
        first = int(start[second])
        table[first] = table[:, first] = union(first, second)
    table[ban] = np.inf
    return merge_nearest(table, start, union)


def _least_members(together: NDArray[np.int64]) -> NDArray[np.int64]:
    _, first, where = np.unique(together, return_index=True, return_inverse=True)
    return np.asarray(first[where], np.int64)
