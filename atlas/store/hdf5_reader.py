"""Columns of HDF5 tables, read a slice at a time and never through links that leave the file."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError, FrameatlasError
from frameatlas.store.column_rules import check_column


class Hdf5Rows:
    """One dataset of an HDF5 file as ``Rows``; the file is open only while a slice is read.

    Args:
        path: The file.
        name: The dataset.
        shape: Its shape, as the manifest promises.
    """

    def __init__(self, path: Path, name: str, shape: tuple[int, ...]) -> None:
        self.path = path
        self.name = name
        self.shape = shape

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice, /) -> NDArray[Any]:
        """The rows of a slice, as an array in memory."""
        return self.parts([rows])[0]

    def parts(self, slices: Sequence[slice]) -> list[NDArray[Any]]:
        """The rows of some slices; the file is opened once for all of them."""
        with open_table(self.path) as file:
            dataset = dataset_of(file, self.name, self.path)
            if dataset.shape != self.shape:
                raise DamagedAtlasError(
                    f"Expected {self.name} of shape {self.shape} in {self.path}. "
                    f"Received: {dataset.shape}. Run `frameatlas index` on the same videos again."
                )
            read = (np.asarray(_read(dataset, rows, self.path)) for rows in slices)
            return [check_column(rows, self.name, self.path) for rows in read]


def read_column(path: Path, name: str) -> NDArray[Any]:
    """A whole dataset of an HDF5 file."""
    with open_table(path) as file:
        values = np.asarray(_read(dataset_of(file, name, path), slice(None), path))
    return check_column(values, name, path)


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
