"""The steps of a growing atlas, each run in a process of its own by ``benchmark.growth``.

Every step is what the commands run, in their order; where ``index`` would go on to the next one, a
step ends, and the next takes over what lies on the disk, as after an interruption.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np

from benchmark import generated_sources
from benchmark.peak import OwnMemory, resident_megabytes
from frameatlas import Atlas, open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.drawing.tiles import encode_tile, pyramid_of, render_tile
from frameatlas.embedder.build.versions import library_versions
from frameatlas.embedder.components.pca import Components
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.embedder.layout.registry import fit_layout, load_layout
from frameatlas.embedder.map import draw_map as mapping
from frameatlas.embedder.map import fit_map as fitting
from frameatlas.embedder.map.map_draft import MapDraft
from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.options import LayoutOptions
from frameatlas.poster import PosterOptions, render
from frameatlas.progress import NullProgress
from frameatlas.search.neighbours import frame_neighbours
from frameatlas.store.atomic import write_text
from frameatlas.store.manifest import Manifest

QUERIES = 10
TILES = 60

Seconds = dict[str, float]
"""What was done → how long it took."""


class _EnoughError(Exception):
    """The next step belongs to another process."""


class Steps:
    """The steps on one atlas.

    Args:
        folder: Of the atlas.
        frames: How many it has, or will have.
    """

    def __init__(self, folder: Path, frames: int) -> None:
        self.folder, self.frames = folder, frames
        self.seconds: Seconds = {}
        self.processor: Seconds = {}

    @contextmanager
    def timed(self, name: str, rounds: int = 1) -> Iterator[None]:
        """Time what runs inside, which does the same so many times."""
        begun, used = time.perf_counter(), time.process_time()
        yield
        self.seconds[name] = round((time.perf_counter() - begun) / rounds, 4)
        self.processor[name] = round((time.process_time() - used) / rounds, 4)

    def index(self) -> None:
        """Frames and features of all sources; no map yet."""
        with self.timed("frames and features"):
            sources = generated_sources.build(self.folder, self.frames)
            self._write(Manifest(generated_sources.MADE, tuple(sources)))

    def components(self) -> None:
        """PCA and the scores of all frames."""
        with (
            mock.patch.object(mapping, "compose_map", side_effect=_EnoughError) as composed,
            self.timed("PCA and scores"),
            suppress(_EnoughError),
        ):
            mapping.draw_map(open_atlas(self.folder), LayoutOptions(), NullProgress(), lambda: None)
        assert composed.called, "The drawing never came to the layout."
        self._between.mkdir()
        (self._draft / "scores.npy").rename(self._between / "scores.npy")

    def layout(self) -> None:
        """Fit the layout."""
        import_tensorflow()
        atlas = open_atlas(self.folder)
        with self.timed("layout"):
            scores = np.load(self._between / "scores.npy", mmap_mode="r", allow_pickle=False)
            paths = atlas.source_numbers.astype(np.int64)
            fit_layout("atlas", scores, settings=LayoutOptions(), paths=paths).save(self._between)

    def placing(self) -> None:
        """Place every frame, stretch, measure and publish the map, whose layout is fitted."""
        import_tensorflow()
        atlas = open_atlas(self.folder)
        layout = load_layout(self._between)
        with (
            mock.patch.object(fitting, "fit_layout", return_value=layout),
            self.timed("placing, map"),
        ):
            draft = MapDraft(atlas, "draw")
            components = Components.load(self._draft / "components.h5")
            # A draft forgets half of a map: here it is the other half's turn.
            (self._between / "scores.npy").rename(self._draft / "scores.npy")
            scores = np.load(self._draft / "scores.npy", mmap_mode="r", allow_pickle=False)
            record = mapping.compose_map(
                atlas, draft, components, scores, LayoutOptions(), NullProgress(), lambda: None
            )
            self._write(replace(atlas.manifest, map=record, versions=library_versions()))

    def search(self) -> None:
        """Open, ask once, then ask again."""
        with self.timed("open"):
            atlas = open_atlas(self.folder)
        asked = np.random.default_rng(0).integers(0, len(atlas), QUERIES + 1).tolist()
        with self.timed("first search"):
            frame_neighbours(atlas, asked[0], 20)
        with self.timed("later search", QUERIES):
            for frame in asked[1:]:
                frame_neighbours(atlas, frame, 20)

    def tiles(self) -> None:
        """The pyramid, then tiles of all zooms, none kept before."""
        atlas = open_atlas(self.folder)
        with self.timed("tile pyramid"):
            pyramid = pyramid_of(atlas)
        random = np.random.default_rng(1)
        zooms = [pyramid.tiles(z) for z in range(pyramid.deepest + 1)]
        with self.timed("a new tile", TILES):
            for number in range(TILES):
                z = number % len(zooms)
                x, y = zooms[z][int(random.integers(len(zooms[z])))]
                picture = render_tile(atlas, pyramid, z, x, y)
                assert picture is not None
                encode_tile(picture, "webp")

    def poster(self) -> None:
        """11 × 18 pictures of the whole map."""
        atlas = open_atlas(self.folder)
        with (
            tempfile.TemporaryDirectory(dir=self.folder.parent) as place,
            self.timed("poster of 198"),
        ):
            render(atlas, PosterOptions(Viewport(), Path(place, "poster.jpg"), Grid(11, 18)))

    def adding(self) -> None:
        """One more video of 1,000 frames, placed on the map as it is."""
        import_tensorflow()
        mapped = open_atlas(self.folder)
        with self.timed("1,000 frames more"):
            count = len(mapped.manifest.sources)
            new = generated_sources.build(self.folder, 1_000, count)
            manifest = replace(mapped.manifest, sources=(*mapped.manifest.sources, *new), map=None)
            whole = Atlas(self.folder, manifest)
            record = mapping.extend_map(
                mapped, np.arange(len(mapped)), whole, NullProgress(), lambda: None
            )
            self._write(replace(manifest, map=record))

    @property
    def _draft(self) -> Path:
        return self.folder / "maps" / ".building"

    @property
    def _between(self) -> Path:
        """What one step leaves to the next."""
        return self.folder / "between"

    def _write(self, manifest: Manifest) -> None:
        write_text(self.folder / MANIFEST, manifest.to_json())


STEPS: dict[str, Callable[[Steps], None]] = {
    step.__name__: step
    for step in (
        Steps.index,
        Steps.components,
        Steps.layout,
        Steps.placing,
        Steps.search,
        Steps.tiles,
        Steps.poster,
        Steps.adding,
    )
}


def main(name: str, folder: Path, frames: int) -> None:
    """Run a step; print its seconds and its memory as one JSON object."""
    steps = Steps(folder, frames)
    with OwnMemory() as own:
        STEPS[name](steps)
    figures = {
        "seconds": steps.seconds,
        "processor_seconds": steps.processor,
        "own_megabytes": round(own.megabytes),
        "resident_megabytes": round(resident_megabytes()),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
