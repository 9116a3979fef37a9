"""Between the unit disc and the square [-1, 1]², keeping areas (Shirley and Chiu 1997)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

QUARTER = np.pi / 4


def disc_to_square(angle: Floats, radius: Floats) -> Floats:
    """Places in the square of points in the disc; circles become squares.

    Args:
        angle: float64 of shape (n,), radians, any turn.
        radius: float64 of shape (n,), 0 to 1.

    Returns:
        float64 of shape (n, 2).
    """
    side = np.floor((angle + QUARTER) / (2 * QUARTER))  # 0 right, 1 top, 2 left, 3 bottom
    along = radius * (angle - side * 2 * QUARTER) / QUARTER
    along = np.clip(along, -radius, radius)  # a rounding error beyond the diagonal
    turn = side.astype(np.int64) % 4
    x = np.choose(turn, [radius, -along, -radius, along])
    y = np.choose(turn, [along, radius, -along, -radius])
    return np.column_stack([x, y])


def square_to_disc(places: Floats) -> tuple[Floats, Floats]:
    """The inverse: angles in radians, -π/4 to 7π/4, and radii, each of shape (n,).

    Args:
        places: float64 of shape (n, 2), inside [-1, 1]².
    """
    x, y = places[:, 0], places[:, 1]
    radius = np.maximum(np.abs(x), np.abs(y))
    turn = np.where(np.abs(x) >= np.abs(y), np.where(x >= 0, 0, 2), np.where(y >= 0, 1, 3))
    along = np.choose(turn, [y, -x, -y, x])
    safe = np.where(radius > 0, radius, 1.0)
    return turn * 2 * QUARTER + QUARTER * along / safe, radius
