"""Mean and scatter of many rows, gathered block by block, on one machine or on several."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import FormatError


@dataclass(eq=False)
class Covariance:
    """How many rows, their mean, and the sum of outer products of their deviations from it.

    Its size depends on the rows' width alone (128 MiB of scatter for 4096 numbers), not on how
    many there are, and two of them merge: parts of the frames may be counted elsewhere.

    Attributes:
        count: Rows so far.
        mean: float64 of shape (d,).
        scatter: float64 of shape (d, d), symmetric; only its upper triangle is kept.
    """

    count: int
    mean: NDArray[np.float64]
    scatter: NDArray[np.float64]

    @classmethod
    def empty(cls, dimension: int) -> "Covariance":
        """Of no rows."""
        return cls(0, np.zeros(dimension), np.zeros((dimension, dimension)))

    def add(self, block: NDArray[Any]) -> None:
        """Count a block of rows, floating point of shape (m, d).

        The block's own mean is taken away before its products are formed in float32: products of
        what is left lose nothing to a large common mean, and they are summed in float64.
        """
        if len(block) == 0:
            return
        mean = block.mean(axis=0, dtype=np.float64)
        centred = block.astype(np.float32)
        centred -= mean.astype(np.float32)
        self._join(len(block), mean, _products(centred))

    def merge(self, other: "Covariance") -> None:
        """Count what another has counted (Chan, Golub and LeVeque 1979)."""
        if other.count:
            self._join(other.count, other.mean, other.scatter)

    def _join(self, count: int, mean: NDArray[np.float64], scatter: NDArray[Any]) -> None:
        total = self.count + count
        shift = mean - self.mean
        if not np.isfinite(shift).all():
            raise FormatError(
                "Expected features that are finite numbers. Received: NaN or infinity. "
                "Index the videos again, or check the weights file."
            )
        self.scatter += scatter
        _add_outer(self.scatter, shift, self.count * count / total)
        self.mean += shift * (count / total)
        self.count = total

    @property
    def total(self) -> float:
        """Sum of squared deviations over all numbers of a row: count · total variance."""
        return float(np.trace(self.scatter))


def _products(centred: NDArray[np.float32]) -> NDArray[np.float32]:
    """centredᵀ · centred, its upper triangle: half the work of a full product."""
    from scipy.linalg.blas import ssyrk

    # A C-ordered array is a Fortran-ordered transposed one: BLAS reads it where it lies, and
    # its lower triangle is our upper one.
    return np.asarray(ssyrk(1.0, centred.T, lower=1), np.float32).T


def _add_outer(target: NDArray[np.float64], vector: NDArray[np.float64], weight: float) -> None:
    """Add weight · vector · vectorᵀ in strips, so that no second (d, d) array is made."""
    for start in range(0, len(vector), 256):
        strip = slice(start, start + 256)
        target[strip] += np.outer(weight * vector[strip], vector)
