"""What is known of each crop beside its pixels: kept on disk, so that a re-run decodes nothing."""

import hashlib
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError
from frameatlas.reid.crops.colour_histogram import COLOURS
from frameatlas.store.atomic import sync_file, translate_os_errors
from frameatlas.store.hdf5_reader import dataset_of, open_table
from frameatlas.store.hdf5_writer import new_table

_FARTHEST = 2**53
"""Above every number of a picture or a track that a file of tracks may hold."""

CUT = "1: 128 × 256, bicubic; torso in 32 levels; sharpness at 32 × 64"
"""How crops are cut and measured: those of another way are not taken over."""


@dataclass(frozen=True, eq=False)
class CropTable:
    """Crops of one video, in the order of the atlas' frames.

    Attributes:
        frame: int64 of shape (n,): number of the picture, from 1.
        track: int64 of shape (n,): the tracker's id.
        box: float64 of shape (n, 4): left, top, width, height as in the file of tracks.
        quality: float32 of shape (n,): what the boxes tell of the crop's worth.
        sharpness: float32 of shape (n,).
        colour: float32 of shape (n, 72): histogram of the torso.
    """

    frame: NDArray[np.int64]
    track: NDArray[np.int64]
    box: NDArray[np.float64]
    quality: NDArray[np.float32]
    sharpness: NDArray[np.float32]
    colour: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.frame)

    def save(self, path: Path) -> None:
        """Write the table as HDF5, whole or not at all."""
        beside = path.with_name(f".{path.name}.new")
        with translate_os_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with new_table(beside) as file:
                for field in fields(self):
                    file[field.name] = getattr(self, field.name)
                file.attrs["digest"] = self._digest()
                file.attrs["cut"] = CUT
            sync_file(beside)
            beside.replace(path)

    @classmethod
    def load(cls, path: Path) -> "CropTable | None":
        """Read a table; None where there is none that is as it was written."""
        try:
            with open_table(path) as file:
                table = cls(*(dataset_of(file, field.name, path)[:] for field in fields(cls)))
                stored_digest = file.attrs.get("digest")
        except (DamagedAtlasError, OSError, RuntimeError, ValueError, TypeError):
            return None
        # One of an older version has no digest.
        whole = table._is_sound() and (
            stored_digest is None or str(stored_digest) == table._digest()
        )
        return table if whole else None

    def _is_sound(self) -> bool:
        """Whether every column is what it is said to be: whoever hands on a table can sign it."""
        if np.ndim(self.frame) != 1:
            return False
        shapes = {field.name: self.frame.shape for field in fields(self)}
        shapes |= {"box": (len(self.frame), 4), "colour": (len(self.frame), COLOURS)}
        for name, shape in shapes.items():
            values = np.asarray(getattr(self, name))
            kinds = "iu" if name in ("frame", "track") else "f"
            if values.shape != shape or values.dtype.kind not in kinds:
                return False
            # Not "any above": NaN is above nothing.
            if not (np.abs(values.astype(np.float64)) < _FARTHEST).all():
                return False
        return True

    @staticmethod
    def cut_as_now(path: Path) -> bool:
        """Whether the crops of a table were cut and measured as they are now."""
        try:
            with open_table(path) as file:
                return str(file.attrs.get("cut")) == CUT
        except (DamagedAtlasError, OSError, RuntimeError, ValueError, TypeError):
            return False

    def _digest(self) -> str:
        """Stands for every number, so that a flipped bit moves nobody to another player."""
        digest = hashlib.blake2b(digest_size=16)
        for field in fields(self):
            array = getattr(self, field.name)
            digest.update(f"{field.name} {array.dtype.str} {array.shape}".encode())
            digest.update(array.tobytes())
        return digest.hexdigest()
