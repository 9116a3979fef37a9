"""Crops that an earlier run cut and described: boxes that are the same now are not read again.

Other tracks of the same video mostly share boxes with the old ones: ids were mended, some boxes
were corrected. A crop is the same where its video, its frame and its box are.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.errors import FrameatlasError
from frameatlas.reid.crops.crop import HEIGHT, WIDTH, Crop
from frameatlas.reid.crops.crop_table import CropTable
from frameatlas.store.manifest import Source
from frameatlas.store.notes.damage_record import is_whole, read_damage

Key = tuple[int, bytes]
"""Frame, and the bytes of a box."""


class EarlierCrops:
    """The crops of one video in an atlas of an earlier run.

    Args:
        atlas: The atlas.
        tables: For each source of the atlas that is used, its position and what is known of its
            crops.

    Attributes:
        taken: The atlas' frame by the place among new crops; filled while those are read.
    """

    def __init__(self, atlas: Atlas, tables: Sequence[tuple[int, CropTable]]) -> None:
        self._atlas = atlas
        self.taken: dict[int, int] = {}
        self._places: dict[Key, tuple[int, CropTable, int]] = {}
        for source, table in tables:
            first = int(atlas.offsets[source])
            for row in range(len(table)):
                key = box_key(table.frame[row], table.box[row])
                self._places[key] = (first + row, table, row)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: Key) -> bool:
        return key in self._places

    def crop(self, key: Key, row: int) -> Crop:
        """The crop of a box, as that of a row of a new plan."""
        number, table, old = self._places[key]
        origin = self._atlas.origins[number]
        pixels = np.array(self._atlas.frames[number])
        sharp, colour = float(table.sharpness[old]), table.colour[old]
        return Crop(row, origin.pts, origin.name, pixels, origin.box, sharp, colour, number)

    def known(self, start: int, stop: int) -> tuple[NDArray[np.bool_], NDArray[np.float16]] | None:
        """What the network said of those of the new crops that are taken from here.

        Args:
            start: The first of the new crops, by its place among them.
            stop: The one after the last.

        Returns:
            bool of shape (stop - start,), which are known, and float16 of shape (known, d); None
            where none is, or the old features cannot be read.
        """
        numbers = [self.taken.get(place, -1) for place in range(start, stop)]
        mask = np.array(numbers) >= 0
        if not mask.any():
            return None
        rows = self._atlas.features
        try:
            return mask, np.concatenate([rows[n : n + 1] for n in numbers if n >= 0])
        except FrameatlasError:
            return None


def open_earlier(folder: Path, tables: Path, digest: str) -> EarlierCrops | None:
    """The crops that an atlas has of a video; None where there are none that can be used.

    Args:
        folder: The atlas; perhaps there is none yet.
        tables: Where what is known of crops lies, by the recording's id.
        digest: Of the video.
    """
    try:
        atlas = open_atlas(folder)
        suspects = read_damage(folder)
        found = []
        for number, source in enumerate(atlas.sources):
            whole = source.frames and is_whole(folder / "sources" / source.id, source, suspects)
            table = _table_of(source, tables) if whole and source.digest == digest else None
            if table is not None and len(table) == source.frames:
                found.append((number, table))
        # Of crops stored as JPEG, JPEG would be made again: worse ones, and other bytes.
        exact = atlas.manifest.made.store == "raw"
        usable = bool(found) and exact and atlas.frames[0].shape == (HEIGHT, WIDTH, 3)
        return EarlierCrops(atlas, found) if usable else None
    except FrameatlasError:
        return None


def _table_of(source: Source, tables: Path) -> CropTable | None:
    """What is known of a source's crops, where they were cut as they are cut now."""
    for path in sorted(tables.glob(f"{source.id}*.h5")):
        table = CropTable.load(path)
        if table is not None and table.cut_as_now(path):
            return table
    return None


def box_key(frame: int, box: NDArray[np.float64]) -> Key:
    """What tells a box of one video from all others."""
    return int(frame), np.asarray(box, "<f8").tobytes()
