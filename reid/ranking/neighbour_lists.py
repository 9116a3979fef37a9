"""Distances in blocks, and sparse lists of reciprocal neighbours: galleries of 100,000 pictures.

The dense forms of re-ranking and of Jaccard's distance, in ``distances``, need n × n numbers
several times over: 70 GB for MSMT17. Here each picture keeps its k1 + 1 nearest alone, and its list
as a row of a sparse matrix.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError

BLOCK = 256
"""Rows whose distances to all others are in memory at a time."""


def euclidean_blocks(
    queries: NDArray[np.float32], gallery: NDArray[np.float32], *, block: int = BLOCK
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Distances of a block of queries to the whole gallery.

    Yields:
        First row of the block, and float32 of shape (block, m).
    """
    squares = np.einsum("ij,ij->i", gallery, gallery)
    for start in range(0, len(queries), block):
        part = queries[start : start + block]
        distance = squares - 2 * (part @ gallery.T)
        distance += np.einsum("ij,ij->i", part, part)[:, None]
        yield start, np.sqrt(np.maximum(distance, 0, out=distance), out=distance)


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest of each of n rows, themselves first.

    Attributes:
        index: int32 of shape (n, k).
        square: float32 of shape (n, k): squared distances.
        farthest: float32 of shape (n,): of all rows, the squared distance of the farthest.
    """

    index: NDArray[np.int32]
    square: NDArray[np.float32]
    farthest: NDArray[np.float32]


def nearest(rows: NDArray[np.float32], count: int) -> Nearest:
    """The ``count`` nearest of each row, equal distances in the order of the rows.

    Args:
        rows: float32 of shape (n, d).
        count: How many, the row itself among them.
    """
    n = len(rows)
    count = min(count, n)
    squares = np.einsum("ij,ij->i", rows, rows)
    index, square = np.empty((n, count), np.int32), np.empty((n, count), np.float32)
    farthest = np.empty(n, np.float32)
    for start in range(0, n, BLOCK):
        block = rows[start : start + BLOCK]
        own = squares[start : start + len(block)]
        distance = np.maximum(squares - 2 * (block @ rows.T) + own[:, None], 0)
        distance[np.arange(len(block)), start + np.arange(len(block))] = 0
        farthest[start : start + len(block)] = distance.max(axis=1)
        chosen, values = _smallest(distance, count)
        index[start : start + len(block)] = chosen
        square[start : start + len(block)] = values
    return Nearest(index, square, farthest)


def _smallest(
    distance: NDArray[np.float32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The smallest of each row in their order."""
    if count < distance.shape[1]:
        part = np.argpartition(distance, count - 1, axis=1)[:, :count]
    else:
        part = np.broadcast_to(np.arange(count), distance.shape)
    part = np.sort(part, axis=1)  # so that a stable sort keeps equal ones in order
    values = np.take_along_axis(distance, part, axis=1)
    order = np.argsort(values, axis=1, kind="stable")
    return np.take_along_axis(part, order, axis=1), np.take_along_axis(values, order, axis=1)


def expanded_lists(near: Nearest, k1: int, half: int) -> Any:
    """Who is in the list of each row: a sparse matrix (n, n) of ones.

    Args:
        near: With at least ``k1`` neighbours.
        k1: How many may be reciprocal.
        half: How many of a neighbour's own.
    """
    from scipy.sparse import csr_matrix

    n = len(near.index)
    forward = near.index[:, :k1]
    mutual = reciprocal(forward)
    mutual_half = reciprocal(near.index[:, :half])
    starts = [0]
    columns: list[NDArray[np.int32]] = []
    for row in range(n):
        own = forward[row][mutual[row]]
        found = _expanded(own, near.index[:, :half], mutual_half)
        columns.append(found)
        starts.append(starts[-1] + len(found))
    return csr_matrix(
        (np.ones(starts[-1], np.float32), np.concatenate(columns), np.array(starts)), shape=(n, n)
    )


def reciprocal(index: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Of each row's neighbours, which have the row among theirs; bool of shape (n, k)."""
    n, k = index.shape
    rows = np.repeat(np.arange(n, dtype=np.int64), k)
    forward = rows * n + index.ravel()
    backward = index.ravel().astype(np.int64) * n + rows
    return np.isin(backward, forward).reshape(n, k)


def _expanded(
    own: NDArray[np.int32], index: NDArray[np.int32], mutual: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """A row's reciprocal neighbours, and theirs where two thirds of those are the row's already."""
    theirs, valid = index[own], mutual[own]
    shared = (np.isin(theirs, own) & valid).sum(axis=1)
    taken = shared > 2 / 3 * valid.sum(axis=1)
    return np.unique(np.concatenate([own, theirs[taken][valid[taken]]]))


def weighted_lists(
    rows: NDArray[np.float32], k1: int, k2: int, *, softmax: bool
) -> tuple[Any, Nearest]:
    """The lists of all rows, averaged over k2 neighbours, as a sparse matrix (n, n)."""
    if k1 < 1 or k2 < 1:
        raise InputError(f"Expected at least one neighbour. Received: k1={k1}, k2={k2}.")
    # Re-ranking's authors count the row itself beside k1 neighbours, SpCL's among them.
    reach = k1 if softmax else k1 + 1
    half = int(np.around(k1 / 2)) + (0 if softmax else 1)
    near = nearest(rows, max(reach, k2, half))
    lists = expanded_lists(near, reach, half)
    lists.data = _weights(rows, lists, near, softmax)
    sums = np.asarray(lists.sum(axis=1)).ravel()
    lists.data /= np.repeat(sums, np.diff(lists.indptr))
    if k2 > 1:
        lists = (_average(near.index[:, :k2], len(rows)) @ lists).tocsr()
    return lists, near


def _weights(
    rows: NDArray[np.float32], lists: Any, near: Nearest, softmax: bool
) -> NDArray[np.float32]:
    row = np.repeat(np.arange(len(rows)), np.diff(lists.indptr))
    squares = np.einsum("ij,ij->i", rows, rows)
    out = np.empty(len(row), np.float32)
    for start in range(0, len(row), 1 << 16):
        one, other = row[start : start + (1 << 16)], lists.indices[start : start + (1 << 16)]
        dots = np.einsum("ij,ij->i", rows[one], rows[other])
        square = np.where(one == other, 0, np.maximum(squares[one] + squares[other] - 2 * dots, 0))
        out[start : start + (1 << 16)] = np.exp(
            -square if softmax else -square / np.maximum(near.farthest[one], 1e-12)
        )
    return out


def _average(index: NDArray[np.int32], n: int) -> Any:
    from scipy.sparse import csr_matrix

    k = index.shape[1]
    values = np.full(n * k, 1 / k, np.float32)
    return csr_matrix((values, index.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))


def shared_weight(lists: Any, columns: Any, row: int) -> NDArray[np.float32]:
    """Σ min of one list and all others, float32 of shape (n,).

    Args:
        lists: Sparse, by rows.
        columns: The same, by columns.
        row: Which.
    """
    out = np.zeros(lists.shape[0], np.float32)
    begin, end = lists.indptr[row], lists.indptr[row + 1]
    for column, weight in zip(lists.indices[begin:end], lists.data[begin:end], strict=True):
        first, last = columns.indptr[column], columns.indptr[column + 1]
        out[columns.indices[first:last]] += np.minimum(columns.data[first:last], weight)
    return out


def reranked_blocks(
    queries: NDArray[np.float32],
    gallery: NDArray[np.float32],
    *,
    k1: int = 20,
    k2: int = 6,
    weight: float = 0.3,
    block: int = BLOCK,
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Re-ranked distances (Zhong et al. 2017) of a block of queries to the whole gallery.

    As ``distances.rerank``, which is dense.

    Yields:
        First row of the block, and float32 of shape (block, m).
    """
    rows = np.concatenate([queries, gallery]).astype(np.float32)
    lists, near = weighted_lists(rows, k1, k2, softmax=False)
    columns = lists.tocsc()
    n = len(queries)
    squares = np.einsum("ij,ij->i", gallery, gallery)
    for start in range(0, n, block):
        part = queries[start : start + block]
        own = np.einsum("ij,ij->i", part, part)[:, None]
        plain = np.maximum(squares - 2 * (part @ gallery.T) + own, 0)
        plain /= np.maximum(near.farthest[start : start + len(part), None], 1e-12)
        jaccard = np.empty_like(plain)
        for place in range(len(part)):
            shared = shared_weight(lists, columns, start + place)[n:]
            jaccard[place] = 1 - shared / (2 - shared)
        yield start, (1 - weight) * jaccard + weight * plain


def sparse_jaccard(
    rows: NDArray[np.float32], *, k1: int = 30, k2: int = 6, most: float = 0.7
) -> Any:
    """Jaccard distances up to ``most`` of all pairs, a sparse matrix (n, n) as DBSCAN takes it.

    As ``distances.jaccard_distance``; what is not stored is farther.

    Args:
        rows: float32 of shape (n, d), of length 1.
        k1: Neighbours that may be reciprocal.
        k2: Neighbours whose lists are averaged.
        most: Distances above it are left out.
    """
    from scipy.sparse import csr_matrix

    lists, _ = weighted_lists(np.asarray(rows, np.float32), k1, k2, softmax=True)
    columns = lists.tocsc()
    starts, index, values = [0], [], []
    for row in range(len(rows)):
        shared = shared_weight(lists, columns, row)
        found = np.flatnonzero(shared)
        distance = np.maximum(1 - shared[found] / (2 - shared[found]), 0)
        distance[found == row] = 0
        kept = distance <= most
        index.append(found[kept].astype(np.int32))
        values.append(distance[kept])
        starts.append(starts[-1] + int(kept.sum()))
    return csr_matrix(
        (np.concatenate(values), np.concatenate(index), np.array(starts)), shape=(len(rows),) * 2
    )
