"""Non-maximum suppression: of boxes that show one person, the surest."""

import numpy as np
from numpy.typing import NDArray

SAME = 0.5
"""Intersection over union from which on two boxes are of one person."""

WITHIN = 0.7
"""Share of a box that was cut by its window within a whole one: it is part of that person."""


def joined(
    box: NDArray[np.float64], sure: NDArray[np.float64], whole: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Boxes of several windows, each person's once.

    Args:
        box: float64 of shape (k, 4): left, top, width, height.
        sure: float64 of shape (k,).
        whole: bool of shape (k,): not cut off by the edge of its window. Those are preferred.

    Returns:
        The kept boxes and how sure they are, the surest whole ones first.
    """
    order = np.lexsort((-sure, ~whole))
    box, sure, whole = box[order], sure[order], whole[order]
    shared, area = _shared(box), np.maximum(box[:, 2] * box[:, 3], 1e-9)
    union = area[:, None] + area - shared
    same = shared / union >= SAME
    part = shared / area[:, None] >= WITHIN
    kept = np.ones(len(box), bool)
    for row in range(len(box)):
        before = kept[:row]
        hidden = same[row, :row] & before
        if not whole[row]:
            hidden |= part[row, :row] & before
        kept[row] = not hidden.any()
    return box[kept], sure[kept]


def _shared(box: NDArray[np.float64]) -> NDArray[np.float64]:
    """Areas of intersection of every two boxes, (k, k)."""
    first, last = box[:, :2], box[:, :2] + box[:, 2:]
    low = np.maximum(first[:, None], first[None])
    high = np.minimum(last[:, None], last[None])
    return np.asarray(np.prod(np.clip(high - low, 0, None), axis=2), np.float64)
