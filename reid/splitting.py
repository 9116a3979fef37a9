"""Tracklets are cut where the person seems to change: a tracker that switches joins two people.

For each tracklet the best moment to cut is looked for: before and after it, crops should be alike
among themselves and differ across. Who stands out from all other tracklets is cut there.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LEAST_SIDE = 8
"""Crops on either side of a cut: fewer say too little of a person."""

DEVIATIONS = 4.0
"""Median absolute deviations above the median from which on a change stands out."""

FEWEST_TRACKLETS = 10
"""Tracklets long enough to be cut, below which nobody can say what stands out."""


def change_point(rows: NDArray[np.float32]) -> tuple[float, int]:
    """The best moment to cut one tracklet.

    Args:
        rows: float32 of shape (n, k): its crops in time.

    Returns:
        d · 2 √(k (n − k)) / n, with d the distance between the means of the first k crops and of
        the others, where it is largest; and that k. (0, 0) for fewer than 16 crops.
    """
    n = len(rows)
    if n < 2 * LEAST_SIDE:
        return 0.0, 0
    sums = np.cumsum(rows, axis=0, dtype=np.float64)
    k = np.arange(LEAST_SIDE, n - LEAST_SIDE + 1)
    before = sums[k - 1] / k[:, None]
    after = (sums[-1] - sums[k - 1]) / (n - k)[:, None]
    statistic = np.linalg.norm(before - after, axis=1) * 2 * np.sqrt(k * (n - k)) / n
    best = int(statistic.argmax())
    return float(statistic[best]), int(k[best])


def cut_frames(
    rows: NDArray[np.float32],
    tracklet: NDArray[np.int64],
    frame: NDArray[np.int64],
    kept_whole: Sequence[int] = (),
) -> list[tuple[int, int]]:
    """Where tracklets are cut.

    Args:
        rows: float32 of shape (n, k): all crops, comparable.
        tracklet: int64 of shape (n,), ascending.
        frame: int64 of shape (n,), ascending within a tracklet.
        kept_whole: Tracklets that are not cut.

    Returns:
        (tracklet, first frame of its new piece), ascending.
    """
    starts = np.flatnonzero(np.diff(tracklet, prepend=-1))
    spans = [
        (int(start), int(stop))
        for start, stop in zip(starts, [*starts[1:], len(tracklet)], strict=True)
        if stop - start >= 2 * LEAST_SIDE
    ]
    if len(spans) < FEWEST_TRACKLETS:
        return []
    statistics = np.array([change_point(rows[start:stop])[0] for start, stop in spans])
    middle = float(np.median(statistics))
    limit = middle + DEVIATIONS * float(np.median(np.abs(statistics - middle)))
    cuts: list[tuple[int, int]] = []
    for start, stop in spans:
        number = int(tracklet[start])
        if number not in kept_whole:
            for row in _cuts(rows, start, stop, limit):
                # Nobody saw the change itself: it is put in the middle of the gap.
                cuts.append((number, int(frame[row - 1] + frame[row] + 1) // 2))
    return sorted(cuts)


def _cuts(rows: NDArray[np.float32], start: int, stop: int, limit: float) -> list[int]:
    statistic, k = change_point(rows[start:stop])
    if statistic <= limit or not k:
        return []
    middle = start + k
    return [*_cuts(rows, start, middle, limit), middle, *_cuts(rows, middle, stop, limit)]
