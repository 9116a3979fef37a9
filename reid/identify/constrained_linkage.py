"""Constrained average linkage: nearest clusters are merged, but never two that were seen together.

Two clusters may merge only where no pair of their members is forbidden; a merged cluster inherits
the bans of both. The distance of clusters is the mean over their pairs of members, weighted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Merges:
    """Every merge that the constraints allow, in order, however far.

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
    table, mass, ban = _begin(distance, weight, forbidden, start)
    alive = np.unique(start)
    dead = np.setdiff1d(np.arange(n), alive)
    table[ban] = np.inf
    np.fill_diagonal(table, np.inf)
    table[dead] = table[:, dead] = np.inf
    nearest = table.argmin(axis=1) if n else np.zeros(0, np.int64)
    least = table[np.arange(n), nearest]
    kept, gone, far = [], [], []
    while n:
        i = int(least.argmin())
        if not np.isfinite(least[i]):
            break
        first, second = sorted((i, int(nearest[i])))
        kept.append(first)
        gone.append(second)
        far.append(float(least[i]))
        _merge(table, ban, mass, first, second)
        _refresh(table, nearest, least, first, second)
    return Merges(start, np.array(kept, np.int64), np.array(gone, np.int64), np.array(far))


def _least_members(together: NDArray[np.int64]) -> NDArray[np.int64]:
    _, first, where = np.unique(together, return_index=True, return_inverse=True)
    return np.asarray(first[where], np.int64)


def _begin(
    distance: NDArray[np.floating],
    weight: NDArray[np.floating],
    forbidden: NDArray[np.bool_],
    start: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Distances, masses and bans of the first clusters, in the rows of their least members."""
    table = np.array(distance, np.float64)
    mass = np.array(weight, np.float64)
    ban = forbidden.copy()
    for second in np.flatnonzero(start != np.arange(len(start))):
        _merge(table, ban, mass, int(start[second]), int(second))
    return table, mass, ban


def _merge(
    table: NDArray[np.float64],
    ban: NDArray[np.bool_],
    mass: NDArray[np.float64],
    first: int,
    second: int,
) -> None:
    """Make ``first`` the union of both and ``second`` nothing."""
    share = mass[first] / (mass[first] + mass[second])
    row = share * table[first] + (1 - share) * table[second]
    forbids = ban[first] | ban[second]
    row[forbids] = np.inf
    row[[first, second]] = np.inf
    mass[first] += mass[second]
    ban[first] = ban[:, first] = forbids
    table[first] = table[:, first] = row
    table[second] = table[:, second] = np.inf


def _refresh(
    table: NDArray[np.float64],
    nearest: NDArray[np.int64],
    least: NDArray[np.float64],
    first: int,
    second: int,
) -> None:
    """Bring each row's nearest cluster up to date after a merge."""
    stale = np.flatnonzero((nearest == first) | (nearest == second))
    stale = np.union1d(stale, [first, second])
    nearest[stale] = table[stale].argmin(axis=1)
    least[stale] = table[stale, nearest[stale]]
    nearer = table[:, first] < least
    nearest[nearer], least[nearer] = first, table[nearer, first]
