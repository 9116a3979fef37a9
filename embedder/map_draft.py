"""The folder of a map in the making, and what of it an interrupted run leaves to the next one.

PCA reads every feature once, which takes minutes for a million frames; so what was counted is
noted now and then. Projecting and training are shorter and begin again.
"""

import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from frameatlas.atlas import Atlas
from frameatlas.digests import text_digest
from frameatlas.embedder.components import BLOCK, Components, components_of, fit_components
from frameatlas.embedder.moments import Moments
from frameatlas.errors import FormatError
from frameatlas.storage import remove_folder, sync_file, translated_os_errors, write_text

NOTE_SECONDS = 45.0
"""Counting that a crash may cost."""

_KEY = "key.txt"
_COMPONENTS = "components.h5"
_MOMENTS = "moments.npz"


class MapDraft:
    """``maps/.building``: emptied unless it belongs to the very same features.

    Args:
        atlas: The atlas.
        purpose: "draw", or anything else for a folder that is always empty.
    """

    def __init__(self, atlas: Atlas, purpose: str) -> None:
        self.folder = atlas.folder / "maps" / ".building"
        digests = [source.files["features.h5"].blake2b for source in atlas.sources if source.frames]
        key = text_digest("\n".join([purpose, *digests]))
        with translated_os_errors(self.folder):
            if purpose != "draw" or _read(self.folder / _KEY) != key:
                remove_folder(self.folder)
                self.folder.mkdir(parents=True)
                write_text(self.folder / _KEY, key)
            for path in self.folder.iterdir():
                if path.name not in (_KEY, _COMPONENTS, _MOMENTS):
                    path.unlink()  # half of a layout, perhaps of another wish than this run's

    def finish(self) -> None:
        """Remove what is no part of the map."""
        for name in (_KEY, _MOMENTS):
            (self.folder / name).unlink(missing_ok=True)

    def components(self, atlas: Atlas, number: int, step: Callable[[int], None]) -> Components:
        """The components of an atlas' features: read, or counted from where it was left."""
        path = self.folder / _COMPONENTS
        if path.exists():
            try:
                return Components.load(path)
            except FormatError:
                path.unlink()
        components = self._counted(atlas, number, step)
        beside = path.with_name("components.new.h5")
        with translated_os_errors(beside):
            components.save(beside)
            sync_file(beside)
            beside.replace(path)
        return components

    def _counted(self, atlas: Atlas, number: int, step: Callable[[int], None]) -> Components:
        features = atlas.features
        n, dimension = features.shape
        if n <= dimension:
            return fit_components(features, number, step)
        moments = self._noted(dimension)
        noted = time.monotonic()
        for start in range(moments.count, n, BLOCK):
            moments.add(features[start : start + BLOCK])
            step(moments.count)
            if time.monotonic() - noted > NOTE_SECONDS:
                self._note(moments)
                noted = time.monotonic()
        return components_of(moments, number)

    def _note(self, moments: Moments) -> None:
        beside = self.folder / "moments.new.npz"
        with translated_os_errors(beside):
            np.savez(beside, count=moments.count, mean=moments.mean, scatter=moments.scatter)
            sync_file(beside)
            beside.replace(self.folder / _MOMENTS)

    def _noted(self, dimension: int) -> Moments:
        try:
            # Opened here, since np.load leaves a torn file open.
            with (self.folder / _MOMENTS).open("rb") as file:
                noted = np.load(file, allow_pickle=False)
                moments = Moments(int(noted["count"]), noted["mean"], noted["scatter"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return Moments.empty(dimension)
        return moments if moments.mean.shape == (dimension,) else Moments.empty(dimension)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
