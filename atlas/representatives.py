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
    position = np.arange(count, dtype=np.int64) - np.repeat(firsts, lengths) + 1
    # 2^bits is the first power of two above a video's length; exact, frexp being no logarithm.
    bits = np.repeat(np.frexp(lengths.astype(np.float64))[1], lengths)
    halvings = np.frexp((position & -position).astype(np.float64))[1] - 1
    generation = (bits - 1 - halvings).astype(np.uint64)
    order = np.argsort(
        (generation << np.uint64(58)) | (_scattered(count) >> np.uint64(6)), kind="stable"
    )
    ranks = np.empty(count, np.int64)
    ranks[order] = np.arange(count)
    return ranks


def _scattered(count: int) -> NDArray[np.uint64]:
    """0, 1, 2, … mixed by the finaliser of SplitMix64 (Steele, Lea and Flood, 2014)."""
    mixed = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))
