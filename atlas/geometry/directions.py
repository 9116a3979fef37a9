"""Rows as directions: the one way in which vectors are made 1 long."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floating = TypeVar("Floating", np.float32, np.float64)


def directions(rows: NDArray[Floating]) -> NDArray[Floating]:
    """Rows made 1 long; one that has no length stays 0 and is unlike everything.

    Args:
        rows: float32 or float64 of shape (n, k).
    """
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    length[~(length > 0)] = 1
    unit: NDArray[Floating] = rows / length
    return unit
