"""Attributes of the people of Market-1501, from the user's own copy of its annotation.

``market_attribute.mat`` tells 27 attributes of each of 751 people to train on and 750 to test on; a
CSV with the same column names is read too. Three views of them are in use: the 27 columns, 30
numbers with the age as one of four, and the 12 classes that 41 outputs of a network stand for.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import SourceError
from frameatlas.store.atomic import translate_os_errors

Split = Literal["train", "test"]

DOWN = ("black", "blue", "brown", "gray", "green", "pink", "purple", "white", "yellow")
UP = ("black", "blue", "green", "gray", "purple", "red", "white", "yellow")
COLUMNS = (
    "age",
    "backpack",
    "bag",
    "handbag",
    *(f"down{colour}" for colour in DOWN),
    *(f"up{colour}" for colour in UP),
    "clothes",
    "down",
    "up",
    "hair",
    "hat",
    "gender",
)
"""The 27 columns; each holds 1 or 2, age 1 to 4. Of the colours at most one is 2."""

PLAIN = ("gender", "hair", "up", "down", "clothes", "hat", "backpack", "bag", "handbag")
"""Attributes of two classes, in the order of ``classes``."""

CLASSES = (*(2 for _ in PLAIN), len(DOWN) + 1, len(UP) + 1, 4)
"""Classes of the 12 attributes of ``classes``: 9 of two, colours below and above, age; 41."""


@dataclass(frozen=True, eq=False)
class Attributes:
    """What is known of each person.

    Attributes:
        person: int64 of shape (n,): the ids of the pictures' names.
        values: int64 of shape (n, 27), columns as in ``COLUMNS``, as the file has them.
    """

    person: NDArray[np.int64]
    values: NDArray[np.int64]

    def column(self, name: str) -> NDArray[np.int64]:
        """One attribute, int64 of shape (n,)."""
        return self.values[:, COLUMNS.index(name)]

    def one_hot_age(self) -> NDArray[np.int64]:
        """int64 of shape (n, 30): whether each age, then each other column, holds; 0 or 1."""
        age = self.column("age")[:, None] == np.arange(1, 5)
        return np.concatenate([age, self.values[:, 1:] == 2], axis=1).astype(np.int64)

    def classes(self) -> NDArray[np.int64]:
        """int64 of shape (n, 12): the class of each attribute, from 0; see ``CLASSES``.

        Colours are 0 where none or several are told, else the place in ``DOWN`` or ``UP`` plus 1.
        """
        plain = np.stack([self.column(name) for name in PLAIN], axis=1) - 1
        down = self._colour("down", DOWN)
        up = self._colour("up", UP)
        return np.column_stack([plain, down, up, self.column("age") - 1])

    def _colour(self, part: str, names: tuple[str, ...]) -> NDArray[np.int64]:
        marked = np.stack([self.column(part + name) for name in names], axis=1) == 2
        return np.where(marked.sum(axis=1) == 1, marked.argmax(axis=1) + 1, 0)


def read_attributes(path: Path, split: Split) -> Attributes:
    """Read the attributes of one half of the people.

    Args:
        path: ``market_attribute.mat``; or a CSV with the 27 columns and ``image_index``, which
            holds one half.
        split: Which half, of a file that has both.

    Raises:
        SourceError: The file is no such file.
    """
    with translate_os_errors(path):
        rows = _table(path) if path.suffix.lower() == ".csv" else _matlab(path, split)
    missing = [name for name in (*COLUMNS, "image_index") if name not in rows]
    if missing:
        raise _other(path, f"a file without {', '.join(missing[:4])}")
    try:
        person = np.array([int(value) for value in rows["image_index"]], np.int64)
        values = np.stack([np.array(rows[name], np.float64) for name in COLUMNS], axis=1)
    except (ValueError, OverflowError) as error:
        raise _other(path, "values that are no whole numbers, or columns of two lengths") from error
    most = np.array([4, *(2 for _ in COLUMNS[1:])])
    odd = ~np.isin(values, (1, 2, 3, 4)) | (values > most)
    if len(person) != len(values) or odd.any():
        raise _other(path, "other values than 1 and 2, and 1 to 4 for the age")
    return Attributes(person, values.astype(np.int64))


def _table(path: Path) -> dict[str, list[str]]:
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        reader = csv.DictReader(file)
        try:
            rows = list(reader)
        except csv.Error as error:
            raise _other(path, str(error)) from error
    return {name: [row[name] or "" for row in rows] for name in reader.fieldnames or ()}


def _matlab(path: Path, split: Split) -> dict[str, list[str]]:
    """The columns of a split; a struct in a struct, and the ids as cells of text."""
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        inside = loadmat(path)["market_attribute"][0, 0][split][0, 0]
        return {name: [_text(cell) for cell in inside[name].ravel()] for name in inside.dtype.names}
    except (
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        MatReadError,
        NotImplementedError,
    ) as error:
        raise _other(path, f"a file without market_attribute.{split}") from error


def _text(cell: object) -> str:
    return str(np.asarray(cell).ravel()[0])


def _other(path: Path, received: str) -> SourceError:
    return SourceError(
        f"Expected the attributes of Market-1501 in {path}. Received: {received}; name its "
        "market_attribute.mat, or a CSV with the same columns."
    )
