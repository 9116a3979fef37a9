"""Linkage: the two nearest clusters become one, again and again, and every merge is written down.

How far apart clusters are, and how far the union of two is from the others, is said by whoever
links: people by what they look like, shots of a film by their light.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Union = Callable[[int, int], NDArray[np.float64]]
"""Takes two clusters of which the first goes on as both; gives its distances to all, (n,)."""


@dataclass(frozen=True, eq=False)
class Merges:
    """Every merge that is allowed, in order, however far.

    Attributes:
        start: int64 of shape (n,): the cluster of each item before the first merge; must-links
            make some equal. A cluster is called by its least member.
        kept: int64 of shape (m,): the cluster that goes on.
        gone: int64 of shape (m,): the cluster that becomes part of it.
        distance: float64 of shape (m,): how far apart the two were.
    """

    start: NDArray[np.int64]
    kept: NDArray[np.int64]
    gone: NDArray[np.int64]
    distance: NDArray[np.float64]

    @property
    def begun(self) -> int:
        """Clusters before the first merge."""
        return len(np.unique(self.start))

    @property
    def fewest(self) -> int:
        """Clusters that the constraints leave at the end."""
        return self.begun - len(self.kept)

    def after(self, merges: int) -> NDArray[np.int64]:
        """int64 of shape (n,): each item's cluster after so many merges, called 0, 1, …."""
        label = np.arange(len(self.start))
        for kept, gone in zip(self.kept[:merges], self.gone[:merges], strict=True):
            label[gone] = kept
        # A cluster that is gone never goes on, so following the pointers ends.
        cluster = self.start
        while not np.array_equal(label[cluster], cluster):
            cluster = label[cluster]
        return np.unique(cluster, return_inverse=True)[1].astype(np.int64)

    def below(self, threshold: float) -> int:
        """How many merges come before the first of at least this distance."""
        far = np.flatnonzero(self.distance >= threshold)
        return int(far[0]) if len(far) else len(self.distance)


def merge_nearest(
    table: NDArray[np.float64],
    start: NDArray[np.int64],
    union: Union,
    farthest: float = np.inf,
) -> Merges:
    """Merge the nearest two until all that are left are too far apart.

    Each cluster's nearest is remembered, and looked for anew only where that one has merged.

    Args:
        table: float64 of shape (n, n), symmetric: distances of clusters in the rows of their least
            members, infinite where two must never be one. It is used up.
        start: int64 of shape (n,): as ``Merges`` has it.
        union: Called once for each merge, in order.
        farthest: No two merge that are as far apart as this.

    Returns:
        These merges. Ties go to the cluster with the least member.
    """
    n = len(table)
    alive = np.zeros(n, bool)
    alive[start] = True
    table[~alive] = table[:, ~alive] = np.inf
    np.fill_diagonal(table, np.inf)
    nearest = table.argmin(axis=1) if n else np.zeros(0, np.int64)
    least = table[np.arange(n), nearest]
    kept, gone, far = [], [], []
    while n:
        i = int(least.argmin())
        if not least[i] < farthest:
            break
        first, second = sorted((i, int(nearest[i])))
        kept.append(first)
        gone.append(second)
        far.append(float(least[i]))
        alive[second] = False
        row = union(first, second)
        row[~alive] = row[first] = np.inf
        table[first] = table[:, first] = row
        table[second] = table[:, second] = np.inf
        _refresh(table, nearest, least, first, second)
    return Merges(start, np.array(kept, np.int64), np.array(gone, np.int64), np.array(far))


def _refresh(
    table: NDArray[np.float64],
    nearest: NDArray[np.int64],
    least: NDArray[np.float64],
    first: int,
    second: int,
) -> None:
    """Bring each row's nearest cluster up to date after a merge."""
    stale = (nearest == first) | (nearest == second)
    stale[first], stale[second] = True, False
    least[second] = np.inf
    for own in np.flatnonzero(stale).tolist():
        nearest[own] = table[own].argmin()
        least[own] = table[own, nearest[own]]
    row = table[first]  # the same as its column, and side by side in memory
    nearer = row < least
    nearest[nearer], least[nearer] = first, row[nearer]
