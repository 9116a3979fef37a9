"""Distances between described pictures: plain, camera by camera, re-ranked, and Jaccard's."""

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.geometry.directions import directions

Matrix = NDArray[np.float64]


def unit_length(features: NDArray[np.floating]) -> Matrix:
    """Rows of length 1; a row of zeros stays one."""
    return directions(np.asarray(features, np.float64))


def euclidean(queries: NDArray[np.floating], gallery: NDArray[np.floating]) -> Matrix:
    """Distances, not squared: (n, d) and (m, d) to float64 (n, m)."""
    first, second = np.asarray(queries, np.float64), np.asarray(gallery, np.float64)
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)[None]
    return np.asarray(np.sqrt(np.maximum(squares - 2 * first @ second.T, 0.0)))


def normalise_cameras(features: NDArray[np.floating], camera: NDArray[np.int64]) -> Matrix:
    """Take away what all pictures of one camera share, then give every row length 1.

    Per camera and per number: minus its mean, over its standard deviation (plus 1e-6), without
    labels; "Learn by Guessing" (Pereira and de Campos 2022). Where cameras see different people
    this takes people away too.

    Args:
        features: Real numbers of shape (n, d).
        camera: int64 of shape (n,).
    """
    rows = np.array(features, np.float64)
    for number in np.unique(camera):
        own = camera == number
        rows[own] = (rows[own] - rows[own].mean(axis=0)) / (rows[own].std(axis=0) + 1e-6)
    return unit_length(rows)


def rerank(
    queries: NDArray[np.floating],
    gallery: NDArray[np.floating],
    *,
    k1: int = 20,
    k2: int = 6,
    weight: float = 0.3,
) -> Matrix:
    """Re-ranking with k-reciprocal neighbours (Zhong et al. 2017), as its authors' code does it.

    Two pictures are near if they are near to the same pictures. Junk has to be left out before.

    Args:
        queries: Real numbers of shape (n, d).
        gallery: Real numbers of shape (m, d).
        k1: Neighbours that may be reciprocal.
        k2: Neighbours whose lists are averaged; 1 leaves that out.
        weight: Of the plain distance beside Jaccard's, λ; 1 keeps the order that there was.

    Returns:
        float64 of shape (n, m).
    """
    _check_neighbours(k1, k2)
    everything = np.concatenate([np.asarray(queries), np.asarray(gallery)])
    plain = euclidean(everything, everything) ** 2
    plain = (plain / plain.max(axis=0)).T
    order = np.argsort(plain, axis=1, kind="stable")
    lists = np.zeros_like(plain)
    for row in range(len(plain)):
        near = _expand(order, row, k1 + 1, _half(k1) + 1)
        strength = np.exp(-plain[row, near])
        lists[row, near] = strength / strength.sum()
    lists = _average(lists, order, k2)
    n = len(queries)
    jaccard = _jaccard(lists[:n], lists)
    return np.asarray(((1 - weight) * jaccard + weight * plain[:n])[:, n:])


def jaccard_distance(features: NDArray[np.floating], *, k1: int = 20, k2: int = 6) -> Matrix:
    """Jaccard distance between all pictures, as methods that cluster without labels use it.

    Not the one inside ``rerank``: k1 neighbours instead of k1 + 1, weights by a softmax of the
    squared distances between rows of length 1 instead of exp(-d / max). As in SpCL and
    cluster-contrast.

    Returns:
        float64 of shape (n, n), in [0, 1], 0 on the diagonal.
    """
    _check_neighbours(k1, k2)
    rows = unit_length(features)
    squares = euclidean(rows, rows) ** 2
    order = np.argsort(squares, axis=1, kind="stable")
    lists = np.zeros_like(squares)
    for row in range(len(rows)):
        near = _expand(order, row, k1, _half(k1))
        strength = np.exp(squares[row, near].min() - squares[row, near])
        lists[row, near] = strength / strength.sum()
    distance = np.maximum(_jaccard(_average(lists, order, k2), None), 0.0)
    np.fill_diagonal(distance, 0.0)
    return distance


def cluster_dbscan(
    distance: Matrix, *, eps: float | None = 0.6, rho: float = 1.6e-3, least: int = 4
) -> NDArray[np.int64]:
    """DBSCAN on distances; outliers are -1.

    Args:
        distance: float64 of shape (n, n).
        eps: Radius; None takes the mean of the ``rho`` smallest share of all distances.
        rho: See ``eps``.
        least: Pictures within the radius that make one the core of a cluster.
    """
    from sklearn.cluster import DBSCAN

    if eps is None:
        pairs = np.sort(distance[np.triu_indices(len(distance), 1)])
        pairs = pairs[pairs > 0]
        eps = float(pairs[: max(1, round(rho * len(pairs)))].mean())
    found = DBSCAN(eps=eps, min_samples=least, metric="precomputed").fit(distance)
    return np.asarray(found.labels_, np.int64)


def _check_neighbours(k1: int, k2: int) -> None:
    if k1 < 1 or k2 < 1:
        raise InputError(f"Expected at least one neighbour. Received: k1={k1}, k2={k2}.")


def _half(k1: int) -> int:
    return int(np.around(k1 / 2))


def _reciprocal(order: NDArray[np.int64], row: int, count: int) -> NDArray[np.int64]:
    """Of the first ``count`` neighbours of a row those that have it among theirs."""
    forward = order[row, :count]
    return np.asarray(forward[(order[forward, :count] == row).any(axis=1)])


def _expand(order: NDArray[np.int64], row: int, count: int, half: int) -> NDArray[np.int64]:
    """Reciprocal neighbours, and theirs where two thirds of those are the row's already."""
    near = _reciprocal(order, row, count)
    found = [near]
    for candidate in near:
        further = _reciprocal(order, int(candidate), half)
        if len(np.intersect1d(further, near)) > 2 / 3 * len(further):
            found.append(further)
    return np.unique(np.concatenate(found))


def _average(lists: Matrix, order: NDArray[np.int64], k2: int) -> Matrix:
    if k2 == 1:
        return lists
    return np.asarray(lists[order[:, :k2]].mean(axis=1))


def _jaccard(lists: Matrix, others: Matrix | None) -> Matrix:
    """1 - Σ min / Σ max of all pairs of lists, each of which adds up to 1."""
    second = lists if others is None else others
    shared = np.empty((len(lists), len(second)))
    for row, values in enumerate(lists):
        own = np.flatnonzero(values)
        shared[row] = np.minimum(second[:, own], values[own]).sum(axis=1)
    return np.asarray(1 - shared / (2 - shared))
