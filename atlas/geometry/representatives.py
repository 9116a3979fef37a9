"""Which frame stands for its surroundings: a fixed order of all frames, the best first."""

import numpy as np
from numpy.typing import NDArray


def representative_ranks(sources: NDArray[np.integer]) -> NDArray[np.int64]:
    """Rank every frame; 0 is the best representative.

    The middle of every video comes first, then its quarters, its eighths and so on. So a short
    video is seen beside a long one, moments of one video are spread over it, and its first and
    last frames, which are often black or titles, come last. Chance that is the same everywhere
    decides among equals. No picture is read.

    Args:
        sources: int of shape (n,): number of each frame's source, never falling.

    Returns:
        int64 of shape (n,): all different, from 0 to n - 1.
    """
    count = len(sources)
    firsts = np.flatnonzero(np.diff(sources, prepend=-1))
    lengths = np.diff(np.append(firsts, count))
    position = np.arange(count, dtype=np.int64) - np.repeat(firsts, lengths)
    generation = _generations(position, np.repeat(lengths, lengths)).astype(np.uint64)
    order = np.argsort(
        (generation << np.uint64(58)) | (_splitmix(count) >> np.uint64(6)), kind="stable"
    )
    ranks = np.empty(count, np.int64)
    ranks[order] = np.arange(count)
    return ranks


def _generations(positions: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often a video must be halved until one of the marks falls on a frame.

    Frame i of n takes the time from i / n to (i + 1) / n; the marks of generation g are the odd
    multiples of 2^-(g+1).

    Args:
        positions: int64 of shape (n,): of each frame in its video, from 0.
        lengths: int64 of shape (n,): frames of its video.
    """
    bits = np.frexp(lengths.astype(np.float64))[1].astype(np.int64)  # exact, unlike a logarithm
    bits += 1
    before = np.maximum(-((-positions << bits) // lengths), 1) - 1
    last = -((-(positions + 1) << bits) // lengths) - 1
    # The multiple of the highest power of two in (before, last] differs from both in that bit.
    halvings = np.frexp((before ^ last).astype(np.float64))[1] - 1
    return np.asarray(bits - 1 - halvings, np.int64)


def _splitmix(count: int) -> NDArray[np.uint64]:
    """0, 1, 2, … mixed by the finaliser of SplitMix64 (Steele, Lea and Flood, 2014)."""
    mixed = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))
