"""Regions: groups of frames that are alike, and how far they ought to lie from each other.

Neighbours alone say nothing about which group lies beside which. The middles of groups do: noise
of single frames, which makes all of them about equally far from each other in many dimensions,
has cancelled out in them.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEVELS = (12, 24, 48)
"""Regions of three partitions: no border between two is one of all three."""

LEAST = 40
"""Frames that a region holds on average, at least."""

ROUNDS = 15
"""Of k-means; more change few frames."""

SAMPLE = 10_000
"""Frames that k-means looks at; the others join the nearest middle."""

BLOCK = 8192

SOFTENING = 3
"""How often the borders of regions are softened: a frame belongs half to its own, half to its
neighbours' regions. Hard borders tear neighbours apart."""


def partition(
    rows: NDArray[np.float32], count: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Group rows by k-means, from a start that is spread out (Arthur and Vassilvitskii 2007).

    scikit-learn's adds in an order that its threads decide, so that one seed may give two maps.

    Args:
        rows: float32 of shape (n, k), n at least 1.
        count: Groups, at most: fewer where fewer rows differ.
        seed: Decides the start.

    Returns:
        int64 of shape (n,), the group of each row, 0 to m - 1, and the middles of the groups,
        float64 of shape (m, k).
    """
    random = np.random.default_rng(seed)
    looked = rows
    if len(rows) > SAMPLE:
        looked = rows[np.sort(random.choice(len(rows), SAMPLE, replace=False))]
    middles = _spread_start(looked, count, random)
    for _ in range(ROUNDS):
        group = _nearest_middle(looked, middles)
        group = np.unique(group, return_inverse=True)[1]
        middles = middles_of(looked, group).astype(np.float32)
    group = np.unique(_nearest_middle(rows, middles), return_inverse=True)[1]
    return group.astype(np.int64), middles_of(rows, group)


def middles_of(rows: NDArray[Any], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """Means of the rows (n, k) of each group, none of which is empty: float64 of shape (m, k)."""
    from scipy.sparse import csr_matrix

    n, sizes = len(rows), np.bincount(group)
    picked = csr_matrix((np.ones(n), (group, np.arange(n))), shape=(len(sizes), n))
    return np.asarray(picked @ np.asarray(rows, np.float64) / sizes[:, None])


def distances_between(middles: NDArray[Any]) -> NDArray[np.float64]:
    """Distances between all pairs i < j of middles (m, k): float64 of shape (m (m - 1) / 2,)."""
    first, second = np.triu_indices(len(middles), 1)
    apart = np.asarray(middles, np.float64)[first] - middles[second]
    return np.asarray(np.sqrt(np.square(apart).sum(axis=1)))


class Regions:
    """Says which way regions have to move to lie in order.

    The least alike pair of regions ought to be the pair that lies furthest apart, and so on: the
    distances that there are on the plane are dealt out in the order of likeness (the rank images
    of non-metric scaling, Guttman 1968), whatever the plane's shape and filling, and each region
    goes where these distances want it (de Leeuw's majorisation).

    Args:
        scores: float32 of shape (n, k).
        graph: Symmetric, of shape (n, n): whose regions soften a frame's.
        seed: Decides the partitions.
    """

    def __init__(self, scores: NDArray[np.float32], graph: "csr_matrix", seed: int) -> None:
        counts = [max(2, min(level, len(scores) // LEAST)) for level in LEVELS]
        found = [
            partition(scores, count, len(LEVELS) * seed + level)
            for level, count in enumerate(counts)
        ]
        self._groups = [group for group, _ in found]
        self._order = [
            np.argsort(distances_between(middles), kind="stable") for _, middles in found
        ]
        self._sizes = [np.bincount(group).astype(np.float64) for group in self._groups]
        self._belongs = _softened(self._groups, self._sizes, graph)

    def __call__(self, places: NDArray[np.float32]) -> NDArray[np.float32]:
        """Where to each frame ought to move: float32 of shape (n, 2), in units of ``places``."""
        ways = [
            _way(middles_of(places, group), sizes, order)
            for group, sizes, order in zip(self._groups, self._sizes, self._order, strict=True)
        ]
        return np.asarray(self._belongs @ np.concatenate(ways).astype(np.float32), np.float32)


def _way(
    middles: NDArray[np.float64], sizes: NDArray[np.float64], order: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How far each region has to move: float64 of shape (m, 2)."""
    m = len(middles)
    first, second = np.triu_indices(m, 1)
    apart = middles[first] - middles[second]
    length = np.sqrt(np.square(apart).sum(axis=1))
    wanted = np.empty_like(length)
    wanted[order] = np.sort(length)
    nearer = (1.0 - wanted / np.maximum(length, 1e-9))[:, None] * apart
    way = np.zeros((m, 2))
    for axis in (0, 1):
        way[:, axis] -= np.bincount(first, nearer[:, axis] * sizes[second], m)
        way[:, axis] += np.bincount(second, nearer[:, axis] * sizes[first], m)
    return np.asarray(way / np.maximum(sizes.sum() - sizes, 1.0)[:, None])


def _softened(
    groups: list[NDArray[np.int64]], sizes: list[NDArray[np.float64]], graph: "csr_matrix"
) -> NDArray[np.float32]:
    """How much each frame belongs to each region of all partitions: rows sum up to 1."""
    from scipy.sparse import diags

    ends = np.cumsum([0, *(len(size) for size in sizes)])
    belongs = np.zeros((len(groups[0]), ends[-1]), np.float32)
    for group, start in zip(groups, ends[:-1], strict=True):
        belongs[np.arange(len(group)), start + group] = 1.0 / len(groups)
    pulls = np.asarray(graph.sum(axis=1)).ravel()
    mean = (diags(1.0 / np.maximum(pulls, 1e-12)) @ graph).astype(np.float32)
    for _ in range(SOFTENING):
        belongs = np.float32(0.5) * belongs + np.float32(0.5) * (mean @ belongs)
    return belongs


def _spread_start(
    rows: NDArray[np.float32], count: int, random: np.random.Generator
) -> NDArray[np.float32]:
    chosen = [int(random.integers(len(rows)))]
    far = np.square(rows - rows[chosen[0]]).sum(axis=1)
    while len(chosen) < count and float(far.max()) > 0:
        share = np.cumsum(far, dtype=np.float64)
        at = int(np.searchsorted(share, random.random() * share[-1], side="right"))
        chosen.append(min(at, len(rows) - 1))
        far = np.minimum(far, np.square(rows - rows[chosen[-1]]).sum(axis=1))
    return rows[chosen]


def _nearest_middle(rows: NDArray[np.float32], middles: NDArray[Any]) -> NDArray[np.int64]:
    known = np.asarray(middles, np.float32)
    half = np.square(known).sum(axis=1) / 2
    parts = [
        (half - rows[i : i + BLOCK] @ known.T).argmin(axis=1) for i in range(0, len(rows), BLOCK)
    ]
    return np.concatenate(parts)
