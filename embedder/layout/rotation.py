"""Turning the code about the origin, before it is stretched."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def rotate(code: NDArray[Any], degrees: float) -> NDArray[np.float64]:
    """Points turned anticlockwise (x to the right, y up); ``rotate(…, -degrees)`` is the inverse.

    Args:
        code: Floating point of shape (n, 2).
        degrees: Any angle.

    Returns:
        float64 of shape (n, 2); for 0 degrees the very same numbers.
    """
    turn = math.radians(degrees % 360.0)
    cos, sin = math.cos(turn), math.sin(turn)
    x, y = np.asarray(code, np.float64).T
    return np.column_stack([x * cos - y * sin, x * sin + y * cos])
