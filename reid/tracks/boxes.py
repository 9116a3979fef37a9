"""Boxes of people: how much they overlap."""

import numpy as np
from numpy.typing import NDArray


def intersection_over_union(
    boxes: NDArray[np.float64], others: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """How much boxes overlap, float64 of shape (n, m) in [0, 1].

    Args:
        boxes: float64 of shape (n, 4): left, top, width, height.
        others: float64 of shape (m, 4); None compares the boxes with each other.

    Returns:
        Shared area over the area of both together; 0 where both are empty.
    """
    others = boxes if others is None else others
    left, top = boxes[:, 0], boxes[:, 1]
    right, bottom = left + boxes[:, 2], top + boxes[:, 3]
    to_right, to_bottom = others[:, 0] + others[:, 2], others[:, 1] + others[:, 3]
    across = np.minimum.outer(right, to_right) - np.maximum.outer(left, others[:, 0])
    down = np.minimum.outer(bottom, to_bottom) - np.maximum.outer(top, others[:, 1])
    shared = np.clip(across, 0, None) * np.clip(down, 0, None)
    union = np.add.outer(boxes[:, 2] * boxes[:, 3], others[:, 2] * others[:, 3]) - shared
    overlaps: NDArray[np.float64] = np.zeros_like(shared)
    np.divide(shared, union, out=overlaps, where=union > 0)
    return overlaps
