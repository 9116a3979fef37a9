"""Rows of crops become rows of tracklets, all of length 1."""

import numpy as np
from numpy.typing import NDArray


def unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows scaled to length 1; rows of nothing stay so."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    return np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)


def pool(
    rows: NDArray[np.float32],
    quality: NDArray[np.float32],
    group: NDArray[np.int64],
    number: int,
) -> NDArray[np.float32]:
    """One row a group: the mean of its crops by their quality, of length 1.

    Args:
        rows: float32 of shape (n, k).
        quality: float32 of shape (n,); crops of quality 0 do not count.
        group: int64 of shape (n,).
        number: Number of groups.

    Returns:
        float32 of shape (number, k); 0 for a group without crops.
    """
    sums = np.zeros((number, rows.shape[1]), np.float32)
    np.add.at(sums, group, rows * quality[:, None])
    return unit(sums)
