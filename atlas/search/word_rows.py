"""Vectors that share a space with sentences: ``sources/<id>/words.h5``, a row for each crop."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import DamagedAtlasError, InputError
from frameatlas.store.hdf5_reader import Hdf5Rows
from frameatlas.store.words_record import WORDS_FILE, WordsRecord

HOW = "`frameatlas words ATLAS --preset FOLDER` gives it words; docs/words.md says how"


def words_of(atlas: Atlas) -> WordsRecord:
    """What the manifest says of an atlas' words.

    Raises:
        InputError: It has none.
    """
    record = atlas.manifest.words
    if record is None or not record.files:
        raise InputError(
            f"Expected an atlas that knows words. Received: {atlas.folder}, which does not yet; "
            f"{HOW}."
        )
    return record


GAP = 8
"""Rows that may be read in vain between two wanted ones: another reading costs as much."""


class WordRows:
    """The vectors of all crops of an atlas' frames, one after the other, read as they are needed.

    Args:
        atlas: An atlas that has words.

    Attributes:
        record: What the manifest said of them.
        shape: (frames × crops, width).
        crops: Rows of each frame.
        missing: bool of shape (frames,): frames of sources that have no words yet.
    """

    def __init__(self, atlas: Atlas) -> None:
        self.record = record = words_of(atlas)
        self.crops = record.crops
        self.shape = (len(atlas) * record.crops, record.width)
        self._offsets = atlas.offsets * record.crops
        self._parts: list[Hdf5Rows | None] = [
            Hdf5Rows(
                atlas.folder / "sources" / source.id / WORDS_FILE,
                "words",
                (source.frames * record.crops, record.width),
            )
            if source.id in record.files
            else None
            for source in atlas.sources
        ]
        there = np.array([part is not None for part in self._parts], bool)
        self.missing: NDArray[np.bool_] = (
            ~there[atlas.source_numbers] if len(there) else np.zeros(0, bool)
        )

    @property
    def size(self) -> int:
        """Numbers of all rows."""
        return self.shape[0] * self.shape[1]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: "slice | NDArray[np.int64]") -> NDArray[np.float16]:
        """The rows of a slice of step 1, or of some numbers; zeros where there are no words."""
        if isinstance(rows, slice):
            start, stop, _ = rows.indices(len(self))
            return self._slice(start, stop)
        found = np.zeros((len(rows), self.shape[1]), np.float16)
        sources = np.searchsorted(self._offsets, rows, side="right") - 1
        order = np.argsort(rows, kind="stable")
        ends = np.flatnonzero(np.diff(sources[order])) + 1
        for own in np.split(order, ends) if len(order) else []:
            self._fill(found, rows, own, int(sources[own[0]]))
        return found

    def _fill(
        self,
        found: NDArray[np.float16],
        rows: NDArray[np.int64],
        own: NDArray[np.int64],
        source: int,
    ) -> None:
        """Read the rows of one source: runs of them, out of a file that is opened once."""
        part, offset = self._parts[source], int(self._offsets[source])
        if part is None:
            return
        runs = np.split(own, np.flatnonzero(np.diff(rows[own]) > GAP) + 1)
        firsts = [int(rows[run[0]]) for run in runs]
        wanted = [
            slice(first - offset, int(rows[run[-1]]) + 1 - offset)
            for first, run in zip(firsts, runs, strict=True)
        ]
        for first, run, read in zip(firsts, runs, part.parts(wanted), strict=True):
            found[run] = _finite(read, part)[rows[run] - first]

    def _slice(self, start: int, stop: int) -> NDArray[np.float16]:
        first = int(np.searchsorted(self._offsets, start, side="right")) - 1
        if start < stop <= self._offsets[first + 1] and (part := self._parts[first]) is not None:
            offset = int(self._offsets[first])
            return _finite(part[start - offset : stop - offset], part)
        out = np.zeros((max(stop - start, 0), self.shape[1]), np.float16)
        for number in range(first, len(self._parts)):
            offset, end = int(self._offsets[number]), int(self._offsets[number + 1])
            if offset >= stop:
                break
            part = self._parts[number]
            low, high = max(start, offset), min(stop, end)
            if part is not None and low < high:
                out[low - start : high - start] = _finite(part[low - offset : high - offset], part)
        return out


def _finite(rows: NDArray[Any], part: Hdf5Rows) -> NDArray[Any]:
    if rows.dtype != np.float16 or _strange(rows):
        raise DamagedAtlasError(
            f"Expected finite float16 numbers in {part.path}. Received: others; `frameatlas words` "
            "makes the file again."
        )
    return rows


_EXPONENT = np.uint16(0x7C00)


def _strange(rows: NDArray[np.float16]) -> bool:
    """Whether there is NaN or infinity: by the bits of the exponent, ten times as fast as NumPy."""
    return bool(((rows.view(np.uint16) & _EXPONENT) == _EXPONENT).any())


def words_path(folder: Path, source: str) -> Path:
    """Where the words of a source lie."""
    return folder / "sources" / source / WORDS_FILE
