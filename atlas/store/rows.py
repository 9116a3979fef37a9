"""Rows: arrays that are longer than memory, read a block at a time."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Rows(Protocol):
    """What PCA, layouts and searches need of a long array: its shape and slices of its rows."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, …)."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice, /) -> NDArray[Any]:
        """The rows of a slice (step 1), as an array in memory."""


def blocks(rows: Rows, size: int) -> Iterator[NDArray[Any]]:
    """Successive blocks of at most ``size`` rows."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


class ConcatenatedRows:
    """Several arrays, one after the other, as one: memory holds only the slice that is asked for.

    Args:
        parts: Arrays or other ``Rows`` that agree in all but their first dimension.
        row_shape: Shape of one row, needed where there are no parts.
        dtype: dtype of the result.
    """

    def __init__(
        self, parts: Sequence[Rows], row_shape: tuple[int, ...], dtype: np.dtype[Any]
    ) -> None:
        self._parts = list(parts)
        self._offsets = np.concatenate([[0], np.cumsum([len(p) for p in self._parts], dtype=int)])
        self._row_shape = row_shape
        self.dtype = dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, …)."""
        return (len(self), *self._row_shape)

    def __len__(self) -> int:
        return int(self._offsets[-1])

    def __getitem__(self, rows: slice | int, /) -> NDArray[Any]:
        """The rows of a slice of step 1, or one row."""
        if isinstance(rows, int | np.integer):
            index = int(rows) + (len(self) if rows < 0 else 0)
            if not 0 <= index < len(self):
                raise IndexError(f"Expected a row below {len(self)}. Received: {rows}.")
            return np.asarray(self[index : index + 1][0])
        start, stop, step = rows.indices(len(self))
        if step != 1:
            raise IndexError(f"Expected a slice of step 1. Received: {rows}.")
        out = np.empty((max(stop - start, 0), *self._row_shape), self.dtype)
        first = int(np.searchsorted(self._offsets, start, side="right")) - 1
        for part, offset in zip(self._parts[first:], self._offsets[first:-1], strict=True):
            if offset >= stop:
                break
            low, high = max(start - offset, 0), min(stop - offset, len(part))
            out[offset + low - start : offset + high - start] = part[slice(int(low), int(high))]
        return out
