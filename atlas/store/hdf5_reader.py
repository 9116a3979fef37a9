"""Columns of HDF5 tables, read a slice at a time and never through links that leave the file."""

import io
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import h5py
import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError, FrameatlasError
from frameatlas.store.column_rules import check_column


@dataclass(frozen=True)
class _Plain:
    """Where the numbers of a table lie in its file, and of which file that is known.

    Attributes:
        offset: Byte of the first number.
        dtype: Of the numbers.
        identity: The file, as ``_identity`` gives it.
    """

    offset: int
    dtype: np.dtype[Any]
    identity: tuple[int, ...]


class Hdf5Rows:
    """One dataset of an HDF5 file as ``Rows``; the file is open only while a slice is read.

    The first reading is HDF5's, with all its checks. Numbers that lie in one piece are then read
    from where they lie, as long as it is the same file: opening HDF5 takes most of a millisecond,
    and one thread at a time.

    Args:
        path: The file.
        name: The dataset.
        shape: Its shape, as the manifest promises.
    """

    def __init__(self, path: Path, name: str, shape: tuple[int, ...]) -> None:
        self.path = path
        self.name = name
        self.shape = shape
        self._plain: _Plain | None = None

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice, /) -> NDArray[Any]:
        """The rows of a slice, as an array in memory."""
        return self.parts([rows])[0]

    def parts(self, slices: Sequence[slice]) -> list[NDArray[Any]]:
        """The rows of some slices; the file is opened once for all of them."""
        read = self._read_plainly(slices)
        if read is None:
            read = self._read_by_hdf5(slices)
        return [check_column(rows, self.name, self.path) for rows in read]

    def _read_by_hdf5(self, slices: Sequence[slice]) -> list[NDArray[Any]]:
        before = _identity(self.path)
        with open_table(self.path) as file:
            dataset = dataset_of(file, self.name, self.path)
            if dataset.shape != self.shape:
                raise DamagedAtlasError(
                    f"Expected {self.name} of shape {self.shape} in {self.path}. "
                    f"Received: {dataset.shape}. Run `frameatlas index` on the same videos again."
                )
            read = [np.asarray(_read(dataset, rows, self.path)) for rows in slices]
            offset, dtype = dataset.id.get_offset(), dataset.dtype
        whole = offset is not None and dtype.kind in "fi" and dtype.names is None
        if whole and before and before == _identity(self.path):
            self._plain = _Plain(offset, dtype, before)
        return read

    def _read_plainly(self, slices: Sequence[slice]) -> list[NDArray[Any]] | None:
        """The rows from where they lie; None where that is not known, or not true any more."""
        plain = self._plain
        if plain is None or any(rows.step not in (None, 1) for rows in slices):
            return None
        try:
            with self.path.open("rb", buffering=0) as file:
                if _identity(file.fileno()) != plain.identity:
                    return None
                found = [_rows_at(file, plain, self.shape, rows) for rows in slices]
        except OSError:
            return None
        return None if any(rows is None for rows in found) else cast(list[NDArray[Any]], found)


def _identity(file: Path | int) -> tuple[int, ...]:
    """What changes when a file is replaced or written; empty where it is gone."""
    try:
        facts = os.fstat(file) if isinstance(file, int) else file.stat()
    except OSError:
        return ()
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns


def _rows_at(
    file: io.FileIO, plain: _Plain, shape: tuple[int, ...], rows: slice
) -> NDArray[Any] | None:
    start, stop, _ = rows.indices(shape[0])
    found = np.empty((max(stop - start, 0), *shape[1:]), plain.dtype)
    row = plain.dtype.itemsize * math.prod(shape[1:])
    file.seek(plain.offset + start * row)
    if not found.size:
        return found
    rest = found.reshape(-1).view(np.uint8).data
    while rest:  # one call gives two gigabytes at most
        got = file.readinto(rest)
        if not got:
            return None
        rest = rest[got:]
    return found


def read_column(path: Path, name: str, rows: int | None = None) -> NDArray[Any]:
    """A whole dataset of an HDF5 file.

    Args:
        path: The file.
        name: The dataset.
        rows: How many rows it must have; None where any number is right.

    Raises:
        DamagedAtlasError: It cannot be read, or is not what its name says.
    """
    with open_table(path) as file:
        values = column_in(file, name, path)
    if rows is not None and len(values) != rows:
        raise DamagedAtlasError(
            f"Expected {rows} rows of {name} in {path}. Received: {len(values)}. Run `frameatlas "
            "index` on the same videos again."
        )
    return values


def column_in(file: h5py.File, name: str, path: Path) -> NDArray[Any]:
    """A whole dataset of an HDF5 file that is open.

    Raises:
        DamagedAtlasError: It cannot be read, or is not what its name says.
    """
    values = np.asarray(_read(dataset_of(file, name, path), slice(None), path))
    check_column(values, name, path)
    return values


def read_ratio(path: Path, name: str) -> Fraction:
    """A positive ratio of two whole numbers, kept as an attribute of an HDF5 file."""
    with open_table(path) as file:
        try:
            numerator, denominator = (int(value) for value in file.attrs[name])
            ratio = Fraction(numerator, denominator)
        except (KeyError, OSError, TypeError, ValueError, ZeroDivisionError) as error:
            raise DamagedAtlasError(_unreadable(path, error)) from error
        if ratio <= 0:
            raise DamagedAtlasError(_unreadable(path, ValueError(f"{name} of {ratio}")))
        return ratio


def read_number(path: Path, name: str) -> float:
    """A finite number, kept as an attribute of an HDF5 file."""
    with open_table(path) as file:
        try:
            number = float(file.attrs[name])
            if not math.isfinite(number):
                raise ValueError(f"{name} of {number}")
        except (KeyError, OSError, TypeError, ValueError) as error:
            raise DamagedAtlasError(_unreadable(path, error)) from error
        return number


@contextmanager
def open_table(path: Path) -> Iterator[h5py.File]:
    """An HDF5 file for reading.

    Raises:
        DamagedAtlasError: It is gone or no HDF5 file, or what is read within is not to be read.
    """
    try:
        with h5py.File(path, "r") as file:
            yield file
    except FrameatlasError:
        raise
    except (OSError, RuntimeError, LookupError, TypeError, ValueError) as error:
        raise DamagedAtlasError(_unreadable(path, error)) from error


def dataset_of(file: h5py.File, name: str, path: Path) -> h5py.Dataset:
    """A dataset that lies in this very file: links to other files are not followed."""
    try:
        steps = [name[:end] for end, sign in enumerate(name) if sign == "/"]
        links = [file.get(step, getlink=True) for step in (*steps, name)]
        hard = all(isinstance(link, h5py.HardLink) for link in links)
        dataset = file[name] if hard else None
    except (KeyError, OSError, RuntimeError) as error:
        raise DamagedAtlasError(_unreadable(path, error)) from error
    if not isinstance(dataset, h5py.Dataset) or dataset.external or dataset.is_virtual:
        raise DamagedAtlasError(_unreadable(path, ValueError(f"no table {name} of its own")))
    _refuse_more_than_is_there(dataset, name, path)
    return dataset


def _refuse_more_than_is_there(dataset: h5py.Dataset, name: str, path: Path) -> None:
    """A table that is packed, or never written, could ask for any memory: ours are plain."""
    try:
        plain = dataset.id.get_create_plist().get_nfilters() == 0
        whole = dataset.nbytes <= min(dataset.id.get_storage_size(), path.stat().st_size)
    except (OSError, RuntimeError, ValueError, TypeError, OverflowError) as error:
        raise DamagedAtlasError(_unreadable(path, error)) from error
    if not (plain and whole):
        raise DamagedAtlasError(_unreadable(path, ValueError(f"{name} is packed or not whole")))


def _read(dataset: h5py.Dataset, rows: slice, path: Path) -> NDArray[Any]:
    try:
        return np.asarray(dataset[rows])
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        raise DamagedAtlasError(_unreadable(path, error)) from error


def _unreadable(path: Path, error: Exception) -> str:
    return (
        f"Expected {path} to be a readable HDF5 file. Received: {error}. Run `frameatlas check` to "
        "see what is damaged and `frameatlas index` on the same videos to repair it."
    )
