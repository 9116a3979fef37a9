"""Principal components: from a frame's 4096 features to the 256 scores that a map is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.components.chunked_covariance import BLOCK, Counting
from frameatlas.embedder.components.covariance import Covariance
from frameatlas.errors import FormatError
from frameatlas.store.hdf5_writer import new_table
from frameatlas.store.rows import Rows, blocks

NOISE = 1e-6
"""Directions with less than this share of the first one's variance are rounding, not components."""


SCALES = 1e-30, 1e30
"""What a scale lies between: float32 divides by it."""


@dataclass(frozen=True, eq=False)
class Components:
    """A principal component analysis, frozen: it also places frames that it has not seen.

    Attributes:
        mean: float32 of shape (d,).
        basis: float32 of shape (k, d), orthonormal rows, the widest direction first; the entry
            of largest size in each is positive.
        explained_variance: float64 of shape (k,), of the scores before division by ``scale``,
            with divisor n - 1.
        total_variance: The same of all d directions together.
        scale: Overall root mean square of the scores, by which they are divided; 1 where
            all frames are equal.
    """

    mean: NDArray[np.float32]
    basis: NDArray[np.float32]
    explained_variance: NDArray[np.float64]
    total_variance: float
    scale: float

    def __len__(self) -> int:
        """How many components, k."""
        return len(self.basis)

    @property
    def share(self) -> float:
        """Share of the variance that the components keep, 0 to 1; 1 where there is none."""
        if self.total_variance <= 0:
            return 1.0
        return min(1.0, float(self.explained_variance.sum() / self.total_variance))

    def project(self, features: NDArray[Any]) -> NDArray[np.float32]:
        """Scores of frames, divided by ``scale``.

        Args:
            features: Floating point of shape (n, d).

        Returns:
            float32 of shape (n, k).
        """
        if features.ndim != 2 or features.shape[1] != self.basis.shape[1]:
            raise FormatError(
                f"Expected features of shape (n, {self.basis.shape[1]}). "
                f"Received: {features.shape}. Describe the frames with the atlas' own weights."
            )
        scores = np.empty((len(features), len(self)), np.float32)
        for start in range(0, len(features), BLOCK):
            rows = slice(start, start + BLOCK)
            centred = np.subtract(features[rows], self.mean, dtype=np.float32)
            np.matmul(centred, self.basis.T, out=scores[rows])
        scores /= np.float32(self.scale)
        return scores

    def save(self, path: Path) -> None:
        """Write as HDF5."""
        with new_table(path) as file:
            file["mean"] = self.mean
            file["basis"] = self.basis
            file["explained_variance"] = self.explained_variance
            file.attrs["total_variance"] = self.total_variance
            file.attrs["scale"] = self.scale

    @classmethod
    def load(cls, path: Path) -> "Components":
        """Read what ``save`` wrote; FormatError names the file where it is something else."""
        from frameatlas.store.hdf5_reader import dataset_of, open_table

        try:
            with open_table(path) as file:
                mean, basis, variance = (
                    dataset_of(file, name, path) for name in ("mean", "basis", "explained_variance")
                )
                components = cls(
                    mean=np.asarray(mean, np.float32),
                    basis=np.asarray(basis, np.float32),
                    explained_variance=np.asarray(variance, np.float64),
                    total_variance=float(file.attrs["total_variance"]),
                    scale=float(file.attrs["scale"]),
                )
        except (OSError, RuntimeError, KeyError, TypeError, ValueError) as error:
            raise FormatError(
                f"Expected {path} to hold principal components. Received: {error}. "
                "Draw the map again with --refit."
            ) from error
        components._check(path)
        return components

    def _check(self, path: Path) -> None:
        k, d = self.basis.shape if self.basis.ndim == 2 else (-1, -1)
        fits = self.mean.shape == (d,) and self.explained_variance.shape == (k,) and k >= 1
        parts = (self.mean, self.basis, self.explained_variance, [self.total_variance, self.scale])
        finite = all(np.isfinite(part).all() for part in parts)
        if not fits or not finite or not SCALES[0] < self.scale < SCALES[1]:
            raise FormatError(
                f"Expected {path} to hold mean (d,), basis (k, d), explained_variance (k,) and a "
                "positive scale, all of them finite. Received: "
                f"{self.mean.shape}, {self.basis.shape}, {self.explained_variance.shape}, "
                f"{self.scale}. Draw the map again with --refit."
            )


def fit_components(
    features: Rows, k: int = 256, progress: Callable[[int], None] | None = None
) -> Components:
    """Principal components of features, in one pass; memory does not grow with their number.

    Args:
        features: float16 (or wider) rows of shape (n, d), n at least 1.
        k: Components wished. Fewer are kept where there are fewer frames, or where the frames
            differ in fewer directions; at least one is.
        progress: Called with the number of rows read so far; may raise to stop.

    Returns:
        The components.
    """
    n, d = features.shape
    if n == 0:
        raise FormatError("Expected at least one frame to draw a map of. Received: none.")
    if n <= d:
        return _fit_few(features, k, progress)
    counting = Counting.empty(d)
    for block in blocks(features, BLOCK):
        counting.add(block)
        if progress:
            progress(counting.count)
    return components_of(counting.counted(), k)


def components_of(counted: Covariance, k: int = 256) -> Components:
    """The components of rows whose covariance was gathered. Its scatter is used up.

    Args:
        counted: Of at least one row.
        k: Components wished.
    """
    from scipy.linalg import eigh

    d = len(counted.mean)
    keep = _at_most(k, counted.count, d)
    total = counted.total
    # The transposed view makes our upper triangle LAPACK's lower one, in place.
    values, vectors = eigh(
        counted.scatter.T,
        lower=True,
        subset_by_index=(d - keep, d - 1),
        overwrite_a=True,
        check_finite=False,
    )
    return _freeze(counted.count, counted.mean, values[::-1], vectors.T[::-1], total)


def _fit_few(features: Rows, k: int, progress: Callable[[int], None] | None) -> Components:
    """Components of fewer frames than numbers: the eigenvectors of the small n × n product."""
    from scipy.linalg import eigh

    n, d = features.shape
    rows = np.concatenate([block.astype(np.float64) for block in blocks(features, BLOCK)])
    mean = rows.mean(axis=0)
    rows -= mean
    if not np.isfinite(mean).all():
        Covariance.empty(d).add(rows)  # raises, with the sentence for it
    keep = _at_most(k, n, d)
    values, vectors = eigh(rows @ rows.T, subset_by_index=(n - keep, n - 1))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    lengths = np.sqrt(np.where(values > 0, values, 1.0))
    basis = (vectors / lengths).T @ rows
    if progress:
        progress(n)
    return _freeze(n, mean, values, basis, float(np.square(rows).sum()))


def _at_most(k: int, n: int, d: int) -> int:
    """Centred rows span one direction fewer than there are rows; one is kept even so."""
    return max(1, min(k, d, n - 1))


def _freeze(
    n: int,
    mean: NDArray[np.float64],
    values: NDArray[np.float64],
    basis: NDArray[np.float64],
    total: float,
) -> Components:
    """Drop what is only rounding, fix the signs, measure the scale."""
    rounding = max(NOISE * float(values[0]), 1e-14 * float(np.square(mean).sum()) * n)
    keep = int(np.count_nonzero(values > rounding))
    if keep == 0:
        basis, values, keep, total = np.eye(1, len(mean)), np.zeros(1), 1, 0.0
    basis, values = basis[:keep], values[:keep]
    largest = np.take_along_axis(basis, np.abs(basis).argmax(axis=1)[:, None], axis=1)
    divisor = max(n - 1, 1)
    rms = float(np.sqrt(values.sum() / (n * keep)))
    return Components(
        mean=mean.astype(np.float32),
        basis=(basis * np.sign(largest)).astype(np.float32),
        explained_variance=values / divisor,
        total_variance=total / divisor,
        scale=rms if rms > 0 else 1.0,
    )
