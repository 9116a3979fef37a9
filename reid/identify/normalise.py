"""Crops become comparable: cameras made alike, then weighted by what tells people apart.

Network and colour side by side; each camera (or block of time) moved and scaled to what all of
them are like; PCA; and at last divided by how much crops of one and the same tracklet differ, so
that poses count less than people. No label is needed for that: a tracklet is one person.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.tracks.pool import unit
from frameatlas.reid.tracks.tracklets import TrackletFeatures

BLOCK = 2048
"""Crops read at once: 32 MiB of a network's features."""

PRIOR = 50.0
"""Crops of the whole game that a camera's own mean and spread are shrunk with."""

FEWEST_TRACKLETS = 10
"""Tracklets of a camera from which on it is normalised on its own."""

FEWEST_OF_A_FILM = 5
"""Tracklets of a camera, of several that one film is cut between, from which on it is."""

SAMPLE = 6000
"""Crops that PCA looks at; as many of each tracklet."""

SHRINKAGE = 0.2
"""Part of the within-tracklet covariance that is taken to be the same in all directions."""

_MOST_SCALE = 4.0
_POWERS = 3
_DEPENDENT = 1e-10
_SEED = 20


def normalise(crops: TrackletFeatures, options: PlayersOptions) -> NDArray[np.float32]:
    """Rows whose products say how alike crops are.

    Args:
        crops: All crops of the game.
        options: Weights, components, and which steps are taken.

    Returns:
        float32 of shape (n, k), each row of length 1 (or 0 where a crop says nothing).
    """
    group = groups(crops, options)
    chosen = _spread_sample(crops.tracklet)
    sums = _Sums(int(group.max(initial=0)) + 1)
    sample = []
    for rows, block in _blocks(crops, options):
        sums.add(block, group[rows])
        sample.append(block[chosen[rows]])
    shift, scale = sums.shift_and_scale()
    drawn = (np.concatenate(sample) - shift[group[chosen]]) * scale[group[chosen]]
    basis = principal(drawn, options.components)
    projected = np.empty((len(crops), basis.shape[1]), np.float32)
    for rows, block in _blocks(crops, options):
        for own in np.unique(group[rows]):
            # (x - shift) · scale · basis, without touching all of x twice more
            directions = scale[own][:, None] * basis
            part = np.flatnonzero(group[rows] == own)
            projected[rows.start + part] = block[part] @ directions - shift[own] @ directions
    if options.whiten:
        projected = projected @ within_whitening(projected, crops.tracklet)
    return unit(projected)


def groups(crops: TrackletFeatures, options: PlayersOptions) -> NDArray[np.int64]:
    """int64 of shape (n,): which crops are normalised together: a camera, or a part of its time.

    Unless the user asked for segments, everything is one group where a camera has fewer than
    ``FEWEST_TRACKLETS``: what its few people look like would be taken for its light. Films that
    are cut between cameras are made alike all the same: only their smallest are taken together.
    """
    tracklets = crops.tracklets
    if not options.normalise:
        return np.zeros(len(crops), np.int64)
    segments = options.segments or 1
    sequence = tracklets.sequence[crops.tracklet]
    part = np.zeros(len(crops), np.int64)
    for number in np.unique(sequence):
        own = sequence == number
        first, last = crops.frame[own].min(), crops.frame[own].max()
        part[own] = (crops.frame[own] - first) * segments // (last - first + 1)
    camera, cut = _cameras(crops)
    if options.segments is None and not cut.all():
        few = tracklets_of(camera[~cut], crops.tracklet[~cut])
        if min(few) < FEWEST_TRACKLETS:
            camera = np.where(cut, camera, -1)
    group = np.unique(camera * segments + part, return_inverse=True)[1].astype(np.int64)
    return np.asarray(group, np.int64)


def _cameras(crops: TrackletFeatures) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Camera of each crop, (n,), and whether its film is cut between several, (n,)."""
    tracklets = crops.tracklets
    camera = tracklets.camera[crops.tracklet]
    sequence = tracklets.sequence[crops.tracklet]
    cut = np.zeros(len(crops), bool)
    for number in np.unique(sequence):
        own = sequence == number
        names = np.unique(camera[own])
        counts = np.array(tracklets_of(camera[own], crops.tracklet[own]))
        if len(names) > 1:
            small = names[counts < FEWEST_OF_A_FILM]
            cut |= own
            camera[own & np.isin(camera, small)] = small.min(initial=int(names.max()))
    return camera, cut


def tracklets_of(group: NDArray[np.int64], tracklet: NDArray[np.int64]) -> list[int]:
    """Number of different tracklets in each group of crops."""
    return [len(np.unique(tracklet[group == number])) for number in np.unique(group)] or [0]


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
    crops: TrackletFeatures, options: PlayersOptions
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Network and colour side by side, each as long as its weight, a block at a time."""
    for start in range(0, len(crops), BLOCK):
        rows = slice(start, min(start + BLOCK, len(crops)))
        parts = [np.float32(options.colour_weight) * unit(crops.colour[rows])]
        if options.network and crops.features.shape[1]:
            parts.insert(0, unit(np.asarray(crops.features[rows], np.float32)))
        if crops.learned is not None and options.descriptor_weight:
            learned = unit(np.asarray(crops.learned[rows], np.float32))
            parts.append(np.float32(options.descriptor_weight) * learned)
        yield rows, np.concatenate(parts, axis=1)


class _Sums:
    """Mean and spread of each group of crops, summed a block at a time."""

    def __init__(self, groups: int) -> None:
        self._counts = np.zeros((groups, 1))
        self._sums: list[NDArray[np.float64]] = [np.zeros(0)] * groups
        self._squares: list[NDArray[np.float64]] = [np.zeros(0)] * groups

    def add(self, block: NDArray[np.float32], group: NDArray[np.int64]) -> None:
        """Count rows of float32 (m, d) that belong to groups, int64 (m,)."""
        width = block.shape[1]
        for own in range(len(self._sums)):
            if not self._sums[own].size:
                self._sums[own], self._squares[own] = np.zeros(width), np.zeros(width)
            member = (group == own).astype(np.float32)
            self._counts[own] += member.sum()
            self._sums[own] += member @ block
            if len(self._sums) > 1:
                self._squares[own] += np.einsum("i,ij,ij->j", member, block, block)

    def shift_and_scale(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What to take from each group's crops and to multiply them with, both (groups, d).

        Afterwards every group has the mean 0 and the spread of the whole game. A group of few
        crops is moved less: its own mean may be that of one person.
        """
        counts, sums, squares = self._counts, np.stack(self._sums), np.stack(self._squares)
        mean = sums.sum(axis=0) / counts.sum()
        kept = counts / (counts + PRIOR)
        shift = kept * sums / np.maximum(counts, 1) + (1 - kept) * mean
        if len(counts) == 1:
            return shift.astype(np.float32), np.ones_like(shift, np.float32)
        spread = np.maximum(squares.sum(axis=0) / counts.sum() - mean**2, 0)
        own = squares / np.maximum(counts, 1) - (sums / np.maximum(counts, 1)) ** 2
        own = kept * np.maximum(own, 0) + (1 - kept) * spread
        scale = np.sqrt(spread / np.maximum(own, 1e-24))
        scale = np.clip(scale, 1 / _MOST_SCALE, _MOST_SCALE)
        return shift.astype(np.float32), scale.astype(np.float32)


def principal(sample: NDArray[np.float32], components: int) -> NDArray[np.float32]:
    """Directions in which crops differ most, float32 of shape (d, k).

    Found by a few rounds of subspace iteration: an exact PCA of 4,168 numbers would take longer
    than all the rest.

    Args:
        sample: float32 of shape (m, d), of mean 0.
        components: Most directions wanted.
    """
    width = sample.shape[1]
    number = min(components, width, max(1, len(sample) - 1))
    if number >= width:
        return np.eye(width, dtype=np.float32)
    extra = min(width, number + 16)
    basis = np.random.default_rng(_SEED).normal(size=(width, extra)).astype(np.float32)
    for _ in range(_POWERS):
        basis = _orthonormal(sample.T @ (sample @ basis))
    small = sample @ basis
    values, vectors = np.linalg.eigh((small.T @ small).astype(np.float64))
    best = vectors[:, np.argsort(values)[::-1][:number]]
    return np.asarray(basis @ best, np.float32)


def _orthonormal(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """Orthonormal columns that span the same; by a small product, many times as fast as QR."""
    square = (columns.T @ columns).astype(np.float64)
    values, vectors = np.linalg.eigh(square / max(float(np.trace(square)), 1e-30))
    kept = values > _DEPENDENT
    directions = columns @ (vectors[:, kept] / np.sqrt(values[kept])).astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->j", directions, directions))
    return np.asarray(directions / lengths, np.float32)


def _spread_sample(tracklet: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Choose, as bool of shape (n,), equally many crops of each tracklet, evenly spread."""
    most = max(1, SAMPLE // max(1, len(np.unique(tracklet))))
    counts = np.bincount(tracklet)
    first = np.cumsum(counts) - counts
    place = np.arange(len(tracklet)) - first[tracklet]
    size = np.maximum(counts[tracklet], 1)
    step = np.maximum(size / most, 1)
    return np.asarray(np.floor((place + 1) / step) > np.floor(place / step))
