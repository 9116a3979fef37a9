"""Detections of one video: boxes without ids, each torso's colour, and how the picture moves."""

import hashlib
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError
from frameatlas.reid.tracks.mot import Tracks
from frameatlas.store.atomic import sync_file, translate_os_errors
from frameatlas.store.hdf5_reader import dataset_of, open_table
from frameatlas.store.hdf5_writer import new_table


@dataclass(frozen=True, eq=False)
class Detections:
    """What a detector found.

    Attributes:
        looked: int64 of shape (f,), ascending: the frames that were looked at, from 1.
        motion: float64 of shape (f, 2): pixels by which the picture moved to the right and down
            since the frame before in ``looked``, where the camera pans.
        frame: int64 of shape (n,), ascending: the frame of each box.
        box: float64 of shape (n, 4): left, top, width, height in pixels from 0.
        confidence: float64 of shape (n,).
        colour: float32 of shape (n, c): histogram of each torso, of length 1.
    """

    looked: NDArray[np.int64]
    motion: NDArray[np.float64]
    frame: NDArray[np.int64]
    box: NDArray[np.float64]
    confidence: NDArray[np.float64]
    colour: NDArray[np.float32]

    def camera_motion(self, before: int, now: int) -> NDArray[np.float64]:
        """How far the picture moved from one frame to a later one, float64 of shape (2,)."""
        first, last = np.searchsorted(self.looked, (before, now), side="right")
        return np.asarray(self.motion[first:last].sum(axis=0), np.float64)

    @property
    def step(self) -> int:
        """Frames from one that was looked at to the next."""
        return int(np.median(np.diff(self.looked))) if len(self.looked) > 1 else 1

    def as_tracks(self) -> Tracks:
        """The boxes as those of a MOT file, whose pixels count from 1; without ids."""
        box = np.round(self.box + (1, 1, 0, 0), 2)
        nobody = np.full(len(box), -1, np.int64)
        return Tracks(self.frame, nobody, box, self.confidence.astype(np.float32))

    @classmethod
    def joined(cls, parts: list["Detections"]) -> "Detections":
        """Successive parts of one video as one."""
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))

    def save(self, path: Path) -> None:
        """Write them as HDF5, whole or not at all."""
        beside = path.with_name(f".{path.name}.new")
        with translate_os_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with new_table(beside) as file:
                for each in fields(self):
                    file[each.name] = getattr(self, each.name)
                file.attrs["digest"] = self._digest()
            sync_file(beside)
            beside.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Detections | None":
        """Read them; None where there are none that are as they were written."""
        try:
            with open_table(path) as file:
                found = cls(*(dataset_of(file, each.name, path)[:] for each in fields(cls)))
                written = str(file.attrs.get("digest"))
        except (DamagedAtlasError, OSError, RuntimeError, ValueError, TypeError):
            return None
        return found if written == found._digest() else None

    def _digest(self) -> str:
        digest = hashlib.blake2b(digest_size=16)
        for each in fields(self):
            array = getattr(self, each.name)
            digest.update(f"{each.name} {array.dtype.str} {array.shape}".encode())
            digest.update(array.tobytes())
        return digest.hexdigest()
