"""How far apart two videos are: as sets of frames, or as ways through time.

Distances between frames: among components half the squared distance of the scores' directions,
which is 1 − cosine (0 the same, 1 unrelated, 2 opposite); on the map the plain distance.

Every frame of a video has a weight, and a video's weights sum to 1: neither distance depends on
how long the two videos are.
"""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
"""float32 of shape (n, dimensions): the frames of a video, as ``VideoPath.points`` gives them."""

Weights = NDArray[np.float64]
"""float64 of shape (n,), above 0."""

SAME = 2e-6
"""Frames that are nearer are the same: what rounding in float32 leaves between equal points."""


def frame_distances(a: Points, b: Points, space: str = "components") -> NDArray[np.float32]:
    """Distances between the frames of two videos.

    Args:
        a: The one video's points.
        b: The other's.
        space: As in ``VideoPath.points``.

    Returns:
        float32 of shape (len(a), len(b)).
    """
    if space == "map":
        return np.asarray(np.hypot(a[:, :1] - b[:, 0], a[:, 1:] - b[:, 1]), np.float32)
    half = a @ b.T
    np.subtract(np.einsum("ij,ij->i", b, b) / 2, half, out=half)
    half += np.einsum("ij,ij->i", a, a)[:, None] / 2
    half[half < SAME] = 0
    return np.asarray(half, np.float32)


def set_distance(
    distances: NDArray[np.float32], a: Weights | None = None, b: Weights | None = None
) -> float:
    """Distance of two videos whatever the order of their frames.

    Each frame goes to the nearest frame of the other video; what counts is the mean way, of both
    directions equally.

    Args:
        distances: float32 of shape (n, m), between their frames; neither is empty.
        a: Weights of the n frames; None weighs all the same.
        b: Of the m frames.

    Returns:
        0 where every frame has its equal in the other video; on the scale of ``distances``.
    """
    there = np.average(distances.min(axis=1), weights=a)
    back = np.average(distances.min(axis=0), weights=b)
    return float(there + back) / 2


def ordered_distance(
    distances: NDArray[np.float32], a: Weights | None = None, b: Weights | None = None
) -> float:
    """Distance of two videos by dynamic time warping: frames must meet in the same order.

    Both videos are walked through from begin to end, each at the pace that suits. A step costs the
    distance at which it arrives, times the weights of the frames that it newly enters, so that
    every frame of both is paid for exactly once. (With equal weights, and up to where a walk
    begins, the symmetric form of Sakoe and Chiba, 1978.) Never below ``set_distance``.

    Args:
        distances: float32 of shape (n, m), between their frames; neither is empty.
        a: Weights of the n frames; None weighs all the same.
        b: Of the m frames.

    Returns:
        0 where they differ at most in pace; on the scale of ``distances``.
    """
    n, m = distances.shape
    wide_first = distances if n <= m else distances.T
    weights = [_share(n, a), _share(m, b)]
    down, across = weights if n <= m else reversed(weights)
    return _warp(wide_first.astype(np.float64), down, across) / 2


def _share(length: int, weights: Weights | None) -> Weights:
    given = np.ones(length) if weights is None else np.asarray(weights, np.float64)
    return np.asarray(given / given.sum(), np.float64)


def _warp(distances: NDArray[np.float64], down: Weights, across: Weights) -> float:
    """Cost of the cheapest walk, one antidiagonal after the other; rows are the fewer."""
    n, m = distances.shape
    rows = np.arange(n)
    # Cost of the cheapest walk to row i on each of the last two antidiagonals; row −1 is outside.
    last = np.full(n + 1, np.inf)
    before = np.full(n + 1, np.inf)
    last[1] = distances[0, 0] * (down[0] + across[0])
    for diagonal in range(1, n + m - 1):
        i = rows[max(0, diagonal - m + 1) : min(n, diagonal + 1)]
        j = diagonal - i
        here = distances[i, j]
        cost = np.full(n + 1, np.inf)
        cost[i + 1] = np.minimum(
            np.minimum(last[i] + here * down[i], last[i + 1] + here * across[j]),
            before[i] + here * (down[i] + across[j]),
        )
        before, last = last, cost
    return float(last[n])
