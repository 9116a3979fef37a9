"""Crops become comparable: cameras made alike, then weighted by what tells people apart.

Network and colour side by side; each camera (or block of time) moved and scaled to what all of
them are like; PCA; and at last divided by how much crops of one and the same tracklet differ, so
that poses count less than people. No label is needed for that: a tracklet is one person.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.players_wish import PlayersWish
from frameatlas.reid.tracklets import TrackletFeatures

BLOCK = 2048
"""Crops read at once: 32 MiB of a network's features."""

PRIOR = 50.0
"""Crops of the whole game that a camera's own mean and spread are shrunk with."""

SAMPLE = 6000
"""Crops that PCA looks at; as many of each tracklet."""

SHRINKAGE = 0.2
"""Part of the within-tracklet covariance that is taken to be the same in all directions."""

_MOST_SCALE = 4.0
_POWERS = 3
_SEED = 20


def compared(crops: TrackletFeatures, wish: PlayersWish) -> NDArray[np.float32]:
    """Rows whose products say how alike crops are.

    Args:
        crops: All crops of the game.
        wish: Weights, components, and which steps are taken.

    Returns:
        float32 of shape (n, k), each row of length 1 (or 0 where a crop says nothing).
    """
    group = groups(crops, wish)
    shift, scale = _cameras(crops, wish, group)

    def blocks() -> Iterator[tuple[slice, NDArray[np.float32]]]:
        for rows, block in _blocks(crops, wish):
            yield rows, (block - shift[group[rows]]) * scale[group[rows]]

    basis = _principal(crops, blocks(), shift.shape[1], wish.components)
    projected = np.empty((len(crops), basis.shape[1]), np.float32)
    for rows, block in blocks():
        projected[rows] = block @ basis
    if wish.whiten:
        projected = projected @ within_whitening(projected, crops.tracklet)
    return unit(projected)


def groups(crops: TrackletFeatures, wish: PlayersWish) -> NDArray[np.int64]:
    """int64 of shape (n,): which crops are normalised together: a camera, or a part of its time."""
    tracklets = crops.tracklets
    if not wish.normalise:
        return np.zeros(len(crops), np.int64)
    segments = wish.segments or 1
    sequence = tracklets.sequence[crops.tracklet]
    part = np.zeros(len(crops), np.int64)
    for number in np.unique(sequence):
        own = sequence == number
        first, last = crops.frame[own].min(), crops.frame[own].max()
        part[own] = (crops.frame[own] - first) * segments // (last - first + 1)
    camera = tracklets.camera[crops.tracklet]
    numbers = np.unique(camera * segments + part, return_inverse=True)[1]
    return np.asarray(numbers, np.int64)


def unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows scaled to length 1; rows of nothing stay so."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)


def within_whitening(rows: NDArray[np.float32], tracklet: NDArray[np.int64]) -> NDArray[np.float32]:
    """A matrix (k, k) after which crops of one tracklet vary alike in all directions.

    Args:
        rows: float32 of shape (n, k).
        tracklet: int64 of shape (n,).
    """
    _, where, counts = np.unique(tracklet, return_inverse=True, return_counts=True)
    free = len(rows) - len(counts)
    size = rows.shape[1]
    if free < 2:
        return np.eye(size, dtype=np.float32)
    means = np.zeros((len(counts), size))
    np.add.at(means, where, rows)
    residual = rows - (means / counts[:, None])[where]
    covariance = (residual.T @ residual).astype(np.float64) / free
    even = max(np.trace(covariance) / size, 1e-12)
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * even * np.eye(size)
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors / np.sqrt(values), np.float32)


def _blocks(
    crops: TrackletFeatures, wish: PlayersWish
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Network and colour side by side, each as long as its weight, a block at a time."""
    for start in range(0, len(crops), BLOCK):
        rows = slice(start, min(start + BLOCK, len(crops)))
        parts = [np.float32(wish.colour_weight) * unit(crops.colour[rows])]
        if wish.network and crops.features.shape[1]:
            parts.insert(0, unit(np.asarray(crops.features[rows], np.float32)))
        yield rows, np.concatenate(parts, axis=1)


def _cameras(
    crops: TrackletFeatures, wish: PlayersWish, group: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What to take from each group's crops and what to multiply them with, (groups, d) each."""
    number = int(group.max(initial=0)) + 1
    counts = np.bincount(group, minlength=number).astype(np.float64)[:, None]
    sums = squares = np.zeros((number, 0))
    for rows, block in _blocks(crops, wish):
        if not sums.size:
            sums, squares = (np.zeros((number, block.shape[1])) for _ in range(2))
        for own in np.unique(group[rows]):
            part = block[group[rows] == own]
            sums[own] += part.sum(axis=0, dtype=np.float64)
            squares[own] += np.square(part).sum(axis=0, dtype=np.float64)
    mean = sums.sum(axis=0) / counts.sum()
    spread = np.sqrt(np.maximum(squares.sum(axis=0) / counts.sum() - mean**2, 0))
    own_mean = sums / counts
    own_variance = np.maximum(squares / counts - own_mean**2, 0)
    kept = counts / (counts + PRIOR)
    shift = kept * own_mean + (1 - kept) * mean
    own_spread = np.sqrt(kept * own_variance + (1 - kept) * spread**2)
    scale = spread / np.maximum(own_spread, 1e-12)
    scale = np.clip(scale, 1 / _MOST_SCALE, _MOST_SCALE)
    return shift.astype(np.float32), scale.astype(np.float32)


def _principal(
    crops: TrackletFeatures,
    blocks: Iterator[tuple[slice, NDArray[np.float32]]],
    width: int,
    components: int,
) -> NDArray[np.float32]:
    """Directions in which crops differ most, float32 of shape (d, k).

    Found on a sample by a few rounds of subspace iteration: an exact PCA of 4,168 numbers would
    take longer than all the rest.
    """
    most = max(1, SAMPLE // max(1, len(np.unique(crops.tracklet))))
    chosen = _spread_sample(crops.tracklet, most)
    sample = np.empty((int(chosen.sum()), width), np.float32)
    filled = 0
    for rows, block in blocks:
        part = block[chosen[rows]]
        sample[filled : filled + len(part)] = part
        filled += len(part)
    number = min(components, width, max(1, len(sample) - 1))
    if number >= width:
        return np.eye(width, dtype=np.float32)
    extra = min(width, number + 16)
    basis = np.random.default_rng(_SEED).normal(size=(width, extra)).astype(np.float32)
    for _ in range(_POWERS):
        basis = np.linalg.qr(sample.T @ (sample @ basis))[0]
    small = sample @ basis
    values, vectors = np.linalg.eigh((small.T @ small).astype(np.float64))
    best = vectors[:, np.argsort(values)[::-1][:number]]
    return np.asarray(basis @ best, np.float32)


def _spread_sample(tracklet: NDArray[np.int64], most: int) -> NDArray[np.bool_]:
    """Choose, as bool of shape (n,), at most so many crops of each tracklet, evenly spread."""
    counts = np.bincount(tracklet)
    first = np.cumsum(counts) - counts
    place = np.arange(len(tracklet)) - first[tracklet]
    size = np.maximum(counts[tracklet], 1)
    step = np.maximum(size / most, 1)
    return np.asarray(np.floor((place + 1) / step) > np.floor(place / step))
