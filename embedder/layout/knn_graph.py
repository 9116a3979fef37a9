"""The nearest frames among the scores, by cosine, exact: blocks of products, no index to build."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.geometry.directions import directions

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Units = NDArray[np.float32]
"""float32 of shape (n, k): directions of the scores, each of length 1 (or 0)."""

NEIGHBOURS = 15
"""Neighbours that pull a frame, all alike. Weights that fall with the distance (a perplexity of 30
over 90 neighbours, as t-SNE has it, or 15 ranks and a few of 90) kept fewer neighbours."""

MOMENT = 6
"""Frames before and after one of the same source that show the same moment: two seconds at 3 a
second."""

OF_MOMENT = NEIGHBOURS // 3
"""Neighbours that may come from a frame's own moment, so that the others tie it to more."""

SMALL = 2500
"""Frames below which a map is small: a share of the pull, ``OF_FURTHER``, goes to the ``FURTHER``
nearest then, at most a quarter of the frames, all alike. Their groups come to lie in a better order
and new frames nearer to what they are like; maps of 5,000 lose neighbours by it."""

CLOSE = 10
"""Neighbours whose mean cosine tells how crowded it is about a frame."""

FURTHER = 90
OF_FURTHER = 0.2

BLOCK = 512
"""Queries at once: 128 MiB of products with 65,536 frames."""

GROUP = 32
"""Products among which the largest is found first: the k largest lie in the k groups of the
largest maxima, and sorting out groups costs a thirtieth of sorting out all."""

Step = Callable[[int, int], None]


def unit_scores(scores: NDArray[Any]) -> Units:
    """Scores divided by their length, float32; 0 stays 0."""
    return directions(np.asarray(scores, np.float32))


def nearest(
    queries: Units, among: Units, count: int, step: Step | None = None
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The ``count`` rows of ``among`` with the largest cosine to each query, best first.

    Args:
        queries: float32 of shape (m, k).
        among: float32 of shape (n, k), n at least ``count``.
        count: How many.
        step: Called with (queries done, m); may raise to stop.

    Returns:
        int32 rows and float32 cosines, both of shape (m, count).
    """
    rows = np.empty((len(queries), count), np.int32)
    cosines = np.empty((len(queries), count), np.float32)
    width = -(-len(among) // GROUP) * GROUP
    products = np.full((min(BLOCK, len(queries)), width), -np.inf, np.float32)
    for start in range(0, len(queries), BLOCK):
        block = queries[start : start + BLOCK]
        here = products[: len(block)]
        np.matmul(block, among.T, out=here[:, : len(among)])
        found = _largest(here, count)
        rows[start : start + BLOCK] = found
        cosines[start : start + BLOCK] = np.take_along_axis(here, found, axis=1)
        if step:
            step(min(start + BLOCK, len(queries)), len(queries))
    return rows, cosines


def _largest(products: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Columns of the largest of each row, largest first; equals in the order of their columns."""
    m, width = products.shape
    groups = width // GROUP
    if groups > count:
        maxima = products.reshape(m, groups, GROUP).max(axis=2)
        best = np.sort(np.argpartition(-maxima, count - 1, axis=1)[:, :count], axis=1)
        columns = (best[:, :, None] * GROUP + np.arange(GROUP)).reshape(m, -1)
    else:
        columns = np.broadcast_to(np.arange(width), (m, width))
    order = np.argsort(-np.take_along_axis(products, columns, axis=1), axis=1, kind="stable")
    return np.asarray(np.take_along_axis(columns, order[:, :count], axis=1), np.int64)


def neighbour_graph(
    units: Units,
    places: NDArray[np.int64],
    paths: NDArray[np.int64],
    temporal: float = 0.0,
    step: Step | None = None,
) -> "tuple[csr_matrix, NDArray[np.float32]]":
    """Who pulls whom, and how near each frame's next are.

    Args:
        units: Directions of the frames.
        places: int64 of shape (n,), each frame's number among all frames, increasing: neighbours
            in time of one source are near in it.
        paths: int64 of shape (n,), each frame's source.
        temporal: How many neighbours the next frame in time counts as.
        step: Called with (frames done, n); may raise to stop.

    Returns:
        A symmetric float32 matrix of shape (n, n) whose numbers sum up to 1; and float32 of shape
        (n, ``CLOSE``), or n - 1 columns if there are fewer: the cosines of each frame's nearest,
        largest first.
    """
    from scipy.sparse import csr_matrix

    n = len(units)
    further = min(FURTHER, n // 4) if n < SMALL else 0
    count = min(n, 1 + max(NEIGHBOURS + 2 * MOMENT - OF_MOMENT, further))
    rows, cosines = nearest(units, units, count, step)
    here = np.arange(n)[:, None]
    same = (paths[rows] == paths[:, None]) & (np.abs(places[rows] - places[:, None]) <= MOMENT)
    same &= rows != here
    taken = (rows != here) & (~same | (np.cumsum(same, axis=1) <= OF_MOMENT))
    taken &= np.cumsum(taken, axis=1) <= NEIGHBOURS
    weights = _share_out(taken)
    if further:
        others = (rows != here) & (np.cumsum(rows != here, axis=1) <= further)
        weights = (1 - OF_FURTHER) * weights + OF_FURTHER * _share_out(others)
    pulls = weights > 0
    graph = csr_matrix(
        (weights[pulls].astype(np.float32), (np.nonzero(pulls)[0], rows[pulls])), shape=(n, n)
    )
    if temporal:
        before = np.flatnonzero((np.diff(places) == 1) & (np.diff(paths) == 0))
        ties = np.full(len(before), temporal / NEIGHBOURS, np.float32)
        graph = graph + csr_matrix((ties, (before, before + 1)), shape=(n, n))
    graph = csr_matrix(graph + graph.T)
    graph.data /= max(float(graph.data.sum(dtype=np.float64)), 1e-12)
    close = -np.sort(np.where(rows == here, np.inf, -cosines), axis=1)[:, : min(CLOSE, n - 1)]
    return graph, close


def _share_out(taken: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The same share for each that is taken of a row, 1 in all; 0 where none is."""
    return np.asarray(taken / np.maximum(taken.sum(axis=1, keepdims=True), 1))
