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


def row_numbers(rows: slice | NDArray[Any] | Sequence[int], length: int) -> NDArray[np.int64]:
    """The rows that an index means, int64 of shape (m,), each in [0, length).

    Args:
        rows: A slice, numbers (negative ones count from the end), or a mask of shape (length,).
        length: How many rows there are.

    Raises:
        IndexError: A number is out of bounds, or the index is none.
    """
    if isinstance(rows, slice):
        return np.arange(*rows.indices(length), dtype=np.int64)
    asked = np.asarray(rows)
    if asked.dtype == np.bool_ and asked.shape == (length,):
        return np.flatnonzero(asked)
    if asked.size == 0:
        return np.zeros(0, np.int64)
    if asked.ndim != 1 or asked.dtype.kind not in "iu":
        raise IndexError(
            f"Expected a number, a slice, whole numbers or a mask of {length}. Received: "
            f"{asked.dtype} of shape {asked.shape}."
        )
    if asked.min() < -length or asked.max() >= length:
        raise IndexError(f"Expected rows below {length}. Received: {asked.min()} to {asked.max()}.")
    return np.where(asked < 0, asked + length, asked).astype(np.int64)


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

    def __getitem__(self, rows: slice | int | NDArray[Any] | Sequence[int], /) -> NDArray[Any]:
        """Some rows, in memory; nothing else is read.

        Args:
            rows: A number, a slice, numbers, or a mask; negative numbers count from the end.

        Raises:
            IndexError: There is no such row.
        """
        if isinstance(rows, int | np.integer):
            index = int(rows) + (len(self) if rows < 0 else 0)
            if not 0 <= index < len(self):
                raise IndexError(f"Expected a row below {len(self)}. Received: {rows}.")
            return np.asarray(self._between(index, index + 1)[0])
        if isinstance(rows, slice) and rows.step in (None, 1):
            start, stop, _ = rows.indices(len(self))
            return self._between(start, stop)
        return self._several(row_numbers(rows, len(self)))

    def _several(self, numbers: NDArray[np.int64]) -> NDArray[Any]:
        """Rows by number, read in runs of successive ones."""
        out = np.empty((len(numbers), *self._row_shape), self.dtype)
        order = np.argsort(numbers, kind="stable")
        runs = np.split(order, np.flatnonzero(np.diff(numbers[order]) > 1) + 1)
        for run in runs if len(numbers) else ():
            first, last = int(numbers[run[0]]), int(numbers[run[-1]])
            out[run] = self._between(first, last + 1)[numbers[run] - first]
        return out

    def _between(self, start: int, stop: int) -> NDArray[Any]:
        out = np.empty((max(stop - start, 0), *self._row_shape), self.dtype)
        first = int(np.searchsorted(self._offsets, start, side="right")) - 1
        for part, offset in zip(self._parts[first:], self._offsets[first:-1], strict=True):
            if offset >= stop:
                break
            low, high = max(start - offset, 0), min(stop - offset, len(part))
            out[offset + low - start : offset + high - start] = part[slice(int(low), int(high))]
        return out
