"""``shots.h5``: the shots of one video, beside its frames. An atlas may lack it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError
from frameatlas.store.atomic import translate_os_errors
from frameatlas.store.hdf5_reader import dataset_of, open_table, read_column, read_ratio
from frameatlas.store.hdf5_writer import new_table

SHOTS_FILE = "shots.h5"

BEGINNINGS = ("start", "cut", "fade", "dissolve")
"""How a shot begins: with the video, or by a change from the shot before it."""

_COLUMNS: Mapping[str, str] = {
    "first": "<i8",
    "last": "<i8",
    "begin": "<i8",
    "end": "<i8",
    "kind": "|u1",
    "strength": "<f4",
}

MOST_SHOTS = 10_000_000


@dataclass(frozen=True, eq=False)
class ShotTable:
    """The shots of one video, in order. Times are presentation times in ``time_base``.

    Attributes:
        first: int64 of shape (m,): of each shot's first frame; of a shot that is faded in, of the
            frame from which it prevails.
        last: int64 of shape (m,): of its last frame.
        begin: int64 of shape (m,): of the last frame that is all of the shot before; ``first``
            where there is none.
        end: int64 of shape (m,): of the first frame that is all of this shot.
        kind: uint8 of shape (m,): how it begins, a place in ``BEGINNINGS``.
        strength: float32 of shape (m,): how unlike the shot before, in levels; unrelated pictures
            have 15 to 60; 0 where there is none.
        time_base: Seconds per unit.
        every_frame: Whether all frames were looked at. Else only those that others are predicted
            from, which lie up to three frames apart.
        key_frames: Whether only those stored frames were looked at that stand for key frames.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    kind: NDArray[np.uint8]
    strength: NDArray[np.float32]
    time_base: Fraction
    every_frame: bool = True
    key_frames: bool = False

    def __len__(self) -> int:
        return len(self.first)

    @property
    def digest(self) -> str:
        """Hexadecimal BLAKE2b (16 bytes) of all columns, in their order."""
        total = blake2b(digest_size=16)
        for name, kind in _COLUMNS.items():
            total.update(np.ascontiguousarray(getattr(self, name), kind).tobytes())
        return total.hexdigest()


def write_shots(place: Path, table: ShotTable) -> None:
    """Put ``shots.h5`` into a source's folder, in one step.

    Raises:
        SpaceError: The disk is full.
    """
    beside = place / f".{SHOTS_FILE}.new"
    with translate_os_errors(place / SHOTS_FILE):
        with new_table(beside) as file:
            base = table.time_base
            file.attrs["time_base"] = np.array([base.numerator, base.denominator], np.int64)
            file.attrs["every_frame"] = int(table.every_frame)
            if table.key_frames:
                file.attrs["key_frames"] = 1
            file.attrs["digest"] = np.bytes_(table.digest.encode())
            for name, kind in _COLUMNS.items():
                file[name] = np.ascontiguousarray(getattr(table, name), kind)
        beside.replace(place / SHOTS_FILE)


def read_shots(place: Path) -> ShotTable | None:
    """The shots in a source's folder; None where nobody looked for them.

    Raises:
        DamagedAtlasError: The file is not what was written.
    """
    path = place / SHOTS_FILE
    if not path.is_file():
        return None
    columns = {name: _column(path, name, kind) for name, kind in _COLUMNS.items()}
    with open_table(path) as file:
        every = bool(file.attrs.get("every_frame", 1))
        keys = bool(file.attrs.get("key_frames", 0))
        digest = bytes(file.attrs.get("digest", b"")).decode("ascii", "replace")
    base = read_ratio(path, "time_base")
    table = ShotTable(**columns, time_base=base, every_frame=every, key_frames=keys)
    lengths = {len(column) for column in columns.values()}
    whole = len(lengths) == 1 and digest == table.digest
    if not whole or not _in_order(table):
        raise DamagedAtlasError(
            f"Expected {path} as it was written. Received: other content. Run `frameatlas shots "
            "--again` to find the shots anew."
        )
    return table


def _column(path: Path, name: str, kind: str) -> NDArray:  # type: ignore[type-arg]
    with open_table(path) as file:
        dataset = dataset_of(file, name, path)
        plain = dataset.dtype == np.dtype(kind) and dataset.ndim == 1
        if not plain or dataset.shape[0] > MOST_SHOTS:
            raise DamagedAtlasError(
                f"Expected {name} of {path} to be a column of {kind}. Received: {dataset.dtype} of "
                f"shape {dataset.shape}. Run `frameatlas shots --again` to find the shots anew."
            )
    return read_column(path, name)


def _in_order(table: ShotTable) -> bool:
    ordered = bool((table.last >= table.first).all())
    ordered &= bool((table.first[1:] > table.last[:-1]).all())
    return ordered and len(table) > 0 and bool((table.kind < len(BEGINNINGS)).all())
