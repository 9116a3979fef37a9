"""Neighbourhoods in two spaces compared: trustworthiness, continuity, neighbours kept."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Distances: TypeAlias = NDArray[np.float32]
"""float32 of shape (n, n): squared distances, infinite on the diagonal and for excluded pairs."""


def squared_distances(rows: NDArray[Any]) -> Distances:
    """Squared distances between all rows, shape (n, d), each infinitely far from itself."""
    rows = np.asarray(rows, np.float32)
    rows = rows - rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    if rows.shape[1] <= 3:  # few numbers: differences are exact where products would cancel
        differences = rows[:, None, :] - rows[None, :, :]
        distances = np.square(differences).sum(axis=2)
    else:
        squares = np.square(rows).sum(axis=1)
        distances = np.maximum(squares[:, None] + squares[None, :] - 2 * rows @ rows.T, 0)
    np.fill_diagonal(distances, np.inf)
    return np.asarray(distances, np.float32)


def trustworthiness(far: Distances, flat: Distances, k: int) -> float | None:
    """Are neighbours on the map true ones (Venna and Kaski 2001)? 1 is best, about 0.5 chance.

    Args:
        far: Distances in feature space.
        flat: Distances on the map.
        k: Neighbours; fewer with fewer than 2 k + 2 frames.

    Returns:
        The figure, or None with fewer than four frames.
    """
    n = len(far)
    k = min(k, (n - 1) // 2)
    if k < 1 or n < 4:
        return None
    neighbours = _nearest(flat, k)
    beyond = 0
    for i in range(n):
        # Equally far frames share the best rank among them: duplicates are nobody's fault.
        ranks = 1 + np.searchsorted(np.sort(far[i]), far[i, neighbours[i]])
        beyond += int(np.maximum(ranks - k, 0).sum())
    return 1.0 - beyond * 2.0 / (n * k * (2 * n - 3 * k - 1))


def continuity(far: Distances, flat: Distances, k: int) -> float | None:
    """Are true neighbours still neighbours on the map? Trustworthiness the other way round."""
    return trustworthiness(flat, far, k)


def neighbours_kept(far: Distances, flat: Distances, nearest: int, among: int) -> float | None:
    """Share of each frame's nearest in feature space that are among its nearest on the map.

    Args:
        far: Distances in feature space.
        flat: Distances on the map, infinite for the same pairs.
        nearest: How many are looked for.
        among: How many on the map count; at least as far as the last of them.

    Returns:
        The mean share, or None where a frame has too few others for it to mean anything.
    """
    others = np.isfinite(far).sum(axis=1)
    measured = np.flatnonzero(others > among)
    if len(measured) == 0:
        return None
    wanted = _nearest(far[measured], nearest)
    reach = np.partition(flat[measured], among - 1, axis=1)[:, among - 1]
    found = np.take_along_axis(flat[measured], wanted, axis=1) <= reach[:, None]
    return float(found.mean())


def _nearest(distances: Distances, k: int) -> NDArray[np.int64]:
    """Columns of the k smallest in each row, shape (n, k), in no order."""
    return np.asarray(np.argpartition(distances, k - 1, axis=1)[:, :k], np.int64)
