"""Clusters of the map: found on a sample; every other frame joins its nearest sampled one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError

METHODS = ("kmeans", "hdbscan", "agglomerative")
MOST = 64
"""Clusters at most: more names than that nobody reads on a map."""

SAMPLES = {"kmeans": 10_000, "hdbscan": 5_000, "agglomerative": 3_000}
"""Frames that a method is fitted on: what takes it about a second on two cores."""


@dataclass(frozen=True)
class Clustering:
    """Which clusters are asked for.

    Attributes:
        method: One of ``METHODS``.
        count: Number of clusters; HDBSCAN finds its own number, at most this.
    """

    method: str = "kmeans"
    count: int = 12

    def __post_init__(self) -> None:
        if self.method not in METHODS or not 2 <= self.count <= MOST:
            raise InputError(
                f"Expected 2 to {MOST} clusters by {', '.join(METHODS)}. "
                f"Received: {self.count} by {self.method!r}."
            )


@dataclass(frozen=True, eq=False)
class Clusters:
    """The clusters of a map.

    Attributes:
        labels: uint8 of shape (n,): each frame's cluster.
        frames: int64 of shape (clusters,): a frame near the middle of each.
        sizes: int64 of shape (clusters,): frames in each.
    """

    labels: NDArray[np.uint8]
    frames: NDArray[np.int64]
    sizes: NDArray[np.int64]


def cluster_map(coordinates: NDArray[np.float64], clustering: Clustering) -> Clusters:
    """Cluster the frames by their place on the map; the same map gives the same clusters.

    Args:
        coordinates: float64 of shape (n, 2), in [-1, 1].
        clustering: Method and number.

    Returns:
        The clusters, from the left of the map to its right.
    """
    count = len(coordinates)
    if count == 0:
        empty = np.zeros(0, np.int64)
        return Clusters(np.zeros(0, np.uint8), empty, empty)
    sample = _sample(count, SAMPLES[clustering.method])
    points = coordinates[sample]
    found = _fit(points, Clustering(clustering.method, clustering.count))
    middles = _order_middles(points, found)
    labels = _nearest(coordinates, *_anchors(points, found, middles, clustering))
    sizes = np.bincount(labels, minlength=len(middles)).astype(np.int64)
    frames = [_representative(coordinates, labels, n, middle) for n, middle in enumerate(middles)]
    return Clusters(labels, np.array(frames, np.int64), sizes)


def _sample(count: int, most: int) -> NDArray[np.int64]:
    """Frames evenly through the atlas, all of them where they are few."""
    if count <= most:
        return np.arange(count, dtype=np.int64)
    return np.sort(np.random.default_rng(0).choice(count, most, replace=False)).astype(np.int64)


def _fit(points: NDArray[np.float64], clustering: Clustering) -> NDArray[np.int64]:
    """Label of each sampled point, from 0 on."""
    different = len(np.unique(points, axis=0))
    count = min(clustering.count, different)
    if count < 2:
        return np.zeros(len(points), np.int64)
    if clustering.method == "kmeans":
        from sklearn.cluster import KMeans

        labels = KMeans(count, n_init=2, random_state=0).fit_predict(points)
    elif clustering.method == "agglomerative":
        from sklearn.cluster import AgglomerativeClustering

        labels = AgglomerativeClustering(count).fit_predict(points)
    else:
        labels = _dense(points, count)
    return np.unique(labels, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _dense(points: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """HDBSCAN's densest groups; what it calls noise goes to the nearest of them."""
    from sklearn.cluster import HDBSCAN

    least = max(5, len(points) // 100)
    if len(points) <= least:
        return np.zeros(len(points), np.int64)
    labels = HDBSCAN(min_cluster_size=least, copy=True).fit_predict(points)
    names, sizes = np.unique(labels[labels >= 0], return_counts=True)
    if len(names) == 0:
        return np.zeros(len(points), np.int64)
    kept = np.isin(labels, names[np.argsort(-sizes, kind="stable")[:most]])
    return _nearest(points, points[kept], labels[kept]).astype(np.int64)


def _order_middles(points: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean place of each cluster; renumbers ``labels`` from left to right in place."""
    count = int(labels.max()) + 1
    sizes = np.bincount(labels, minlength=count)
    sums = [np.bincount(labels, weights=points[:, axis], minlength=count) for axis in (0, 1)]
    middles = np.stack(sums, axis=1) / sizes[:, None]
    order = np.lexsort((middles[:, 1], middles[:, 0]))
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    labels[:] = rank[labels]
    return np.asarray(middles[order])


def _anchors(
    points: NDArray[np.float64],
    labels: NDArray[np.int64],
    middles: NDArray[np.float64],
    clustering: Clustering,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Places whose label other frames take over: the middles alone suffice for k-means."""
    if clustering.method == "kmeans":
        return middles, np.arange(len(middles), dtype=np.int64)
    return points, labels


def _nearest(
    coordinates: NDArray[np.float64], anchors: NDArray[np.float64], labels: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Label of each frame's nearest anchor."""
    from scipy.spatial import cKDTree

    _, nearest = cKDTree(anchors).query(coordinates)
    return np.asarray(labels[nearest], np.uint8)


def _representative(
    coordinates: NDArray[np.float64],
    labels: NDArray[np.uint8],
    number: int,
    middle: NDArray[np.float64],
) -> int:
    """The frame of a cluster that lies nearest to its middle."""
    members = np.flatnonzero(labels == number)
    if len(members) == 0:
        members = np.arange(len(coordinates))
    away = ((coordinates[members] - middle) ** 2).sum(axis=1)
    return int(members[np.argmin(away)])
