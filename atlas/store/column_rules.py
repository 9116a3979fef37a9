"""What each stored table must hold: checked once, where it is read, for every table.

A manifest can be signed by anybody, and a table be whole and wrong: text where numbers are meant,
numbers that are none, times of the year 10 to the 300. Whoever reads a table need not ask.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError

_KINDS = {"f": "floating-point numbers", "i": "whole numbers", "S": "bytes"}

LONGEST_FRAME = 4096
"""Pixels of a frame's longer side, at most."""


LARGEST_HALF = 65_504.0
"""float16 ends there."""


@dataclass(frozen=True)
class ColumnRule:
    """What a table must hold.

    Attributes:
        kinds: NumPy's letters of its type: "f", "i" or "S".
        row: Shape of a row; None where any is right.
        least: Smallest number that can be meant.
        most: Largest number that can be meant.
        ascii: Whether bytes are ASCII.
    """

    kinds: str
    row: tuple[int, ...] | None = None
    least: float = -np.inf
    most: float = np.inf
    ascii: bool = False


RULES: Mapping[str, ColumnRule] = {
    "features": ColumnRule("f", None, -LARGEST_HALF, LARGEST_HALF),
    "pts": ColumnRule("i", ()),
    "seconds": ColumnRule("f", (), -1e12, 1e12),
    "box": ColumnRule("i", (4,), 0, LONGEST_FRAME),
    "names": ColumnRule("S", ()),
    "digests": ColumnRule("S", (), ascii=True),
    "coordinates": ColumnRule("f", (2,), -1.001, 1.001),
    "code": ColumnRule("f", (2,), -1e9, 1e9),
    "explained_variance": ColumnRule("f", (), 0, 1e12),
    "scores": ColumnRule("f", None, -LARGEST_HALF, LARGEST_HALF),
}
"""By name of the table; the rules of others stand where they are read."""


def check_column(values: NDArray[Any], name: str, path: Path) -> NDArray[Any]:
    """Refuse a table, or rows of one, that is not what its name says.

    Args:
        values: What was read.
        name: The table's.
        path: Its file, for the message.

    Returns:
        The values themselves.

    Raises:
        DamagedAtlasError: With what is wrong.
    """
    rule = RULES.get(name)
    if rule is None:
        return values
    if values.dtype.kind not in rule.kinds or values.dtype.names is not None:
        raise _wrong(path, name, f"to hold {_KINDS[rule.kinds[0]]}", f"{values.dtype}")
    if values.ndim == 0 or (rule.row is not None and values.shape[1:] != rule.row):
        raise _wrong(path, name, f"to have rows of shape {rule.row}", f"{values.shape}")
    if rule.kinds == "f" and not np.isfinite(values).all():
        raise _wrong(path, name, "to hold finite numbers", "some that are not")
    halves = values.dtype == np.float16 and rule.most >= LARGEST_HALF  # none is larger
    if rule.kinds in "fi" and values.size and not halves:
        low, high = float(values.min()), float(values.max())
        if low < rule.least or high > rule.most:
            limits = f"numbers from {rule.least:g} to {rule.most:g}"
            raise _wrong(path, name, f"to hold {limits}", f"{low:g} to {high:g}")
    if rule.ascii and values.size and np.frombuffer(values.tobytes(), np.uint8).max() > 127:
        raise _wrong(path, name, "to hold ASCII", "other bytes")
    return values


def _wrong(path: Path, name: str, expected: str, received: str) -> DamagedAtlasError:
    return DamagedAtlasError(
        f"Expected {name} in {path} {expected}. Received: {received}. Run `frameatlas index` on "
        "the same videos with --refit to make it again."
    )
