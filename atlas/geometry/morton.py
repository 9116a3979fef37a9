"""Morton codes: the cells of a grid of 2^d × 2^d in an order that keeps every quarter together.

The code of a cell begins with the code of the coarser cell around it, so that everything within
a coarser cell, or a tile, is one range of codes.
"""

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
"""int64 of shape (n,): column in the even bits, row in the odd ones; at most 2 · 16 bits."""

_SPREAD = (
    (8, 0x00FF00FF),
    (4, 0x0F0F0F0F),
    (2, 0x33333333),
    (1, 0x55555555),
)


def codes_of(columns: NDArray[np.int64], rows: NDArray[np.int64]) -> Codes:
    """Codes of cells.

    Args:
        columns: int64 of shape (n,), below 65,536.
        rows: int64 of shape (n,), below 65,536; row 0 is the top one.
    """
    return _spread_bits(columns) | (_spread_bits(rows) << 1)


def cells_of(codes: Codes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The inverse of ``codes_of``: columns and rows, int64 of shape (n,)."""
    return _gather_bits(codes), _gather_bits(codes >> 1)


def _spread_bits(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """A zero before every bit."""
    spread = np.array(values, np.int64)
    for shift, kept in _SPREAD:
        spread |= spread << shift
        spread &= kept
    return spread


def _gather_bits(codes: Codes) -> NDArray[np.int64]:
    """Every other bit, the lowest first."""
    gathered = codes & 0x55555555
    for shift, kept in ((1, 0x33333333), (2, 0x0F0F0F0F), (4, 0x00FF00FF), (8, 0x0000FFFF)):
        gathered |= gathered >> shift
        gathered &= kept
    return gathered
