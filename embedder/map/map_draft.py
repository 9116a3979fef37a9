"""The folder of a map in the making, and what of it an interrupted run leaves to the next one.

PCA reads every feature once, which takes minutes for a million frames; so what was counted is
noted now and then. Projecting and training are shorter and begin again.
"""

import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from frameatlas.atlas import Atlas
from frameatlas.embedder.components.chunked_covariance import BLOCK, CHUNK, Counting
from frameatlas.embedder.components.covariance import Covariance
from frameatlas.embedder.components.pca import Components, components_of, fit_components
from frameatlas.errors import FormatError
from frameatlas.store.atomic import remove_folder, sync_file, translate_os_errors, write_text
from frameatlas.store.digests import text_digest

NOTE_SECONDS = 45.0
"""Counting that a crash may cost."""

Chunks = Callable[[Atlas, int], Iterator[Covariance]]
"""Moments of an atlas' whole chunks of features from a chunk's number on, as others count them, in
order; it may end before the last one."""

_KEY = "key.txt"
_COMPONENTS = "components.h5"
_MOMENTS = "moments.npz"


def no_chunks(atlas: Atlas, first: int) -> Iterator[Covariance]:
    """Nobody else counts."""
    del atlas, first
    return iter(())


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
        with translate_os_errors(self.folder):
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

    def components(
        self, atlas: Atlas, number: int, step: Callable[[int], None], chunks: Chunks = no_chunks
    ) -> Components:
        """The components of an atlas' features: read, or counted from where it was left."""
        path = self.folder / _COMPONENTS
        if path.exists():
            try:
                return Components.load(path)
            except FormatError:
                path.unlink()
        components = self._counted(atlas, number, step, chunks)
        beside = path.with_name("components.new.h5")
        with translate_os_errors(beside):
            components.save(beside)
            sync_file(beside)
            beside.replace(path)
        return components

    def _counted(
        self, atlas: Atlas, number: int, step: Callable[[int], None], chunks: Chunks
    ) -> Components:
        features = atlas.features
        n, dimension = features.shape
        if n <= dimension:
            return fit_components(features, number, step)
        counting = self._noted(dimension)
        noted = time.monotonic()
        for chunk in chunks(atlas, counting.whole.count // CHUNK):
            counting.add_chunk(chunk)
            step(counting.count)
            noted = self._note(counting, noted)
        for start in range(counting.count, n, BLOCK):
            counting.add(features[start : start + BLOCK])
            step(counting.count)
            noted = self._note(counting, noted)
        return components_of(counting.counted(), number)

    def _note(self, counting: Counting, noted: float) -> float:
        """Note what was counted, if the last time is long enough ago; gives when it was noted."""
        if time.monotonic() - noted <= NOTE_SECONDS:
            return noted
        beside = self.folder / "moments.new.npz"
        with translate_os_errors(beside):
            np.savez(
                beside,
                **{
                    f"{name}_{part}": getattr(counted, part)
                    for name, counted in (("whole", counting.whole), ("part", counting.part))
                    for part in ("count", "mean", "scatter")
                },
            )
            sync_file(beside)
            beside.replace(self.folder / _MOMENTS)
        return time.monotonic()

    def _noted(self, dimension: int) -> Counting:
        try:
            # Opened here, since np.load leaves a torn file open.
            with (self.folder / _MOMENTS).open("rb") as file:
                noted = np.load(file, allow_pickle=False)
                whole, part = (
                    Covariance(int(noted[f"{n}_count"]), noted[f"{n}_mean"], noted[f"{n}_scatter"])
                    for n in ("whole", "part")
                )
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return Counting.empty(dimension)
        same = whole.mean.shape == part.mean.shape == (dimension,)
        return Counting(whole, part) if same else Counting.empty(dimension)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
