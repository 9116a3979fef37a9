from dataclasses import replace

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.atlas import MANIFEST

PLACES = ((-0.8, 0.5), (0.0, -0.7), (0.8, 0.6), (-0.6, -0.6))


def spots(numbers, seed=0):
    """Frames close to one of four places each."""
    rng = np.random.default_rng(seed)
    return np.array(PLACES)[np.asarray(numbers)] + rng.normal(0, 0.03, (len(numbers), 2))


@pytest.fixture
def called(synthetic_atlas, tmp_path):
    """``called(paths, lengths, spots)``: an atlas whose videos have these paths and places."""

    def make(paths, lengths, numbers, kind="video", name="called.atlas"):
        atlas = synthetic_atlas(
            tmp_path / name,
            sources=[(kind, length) for length in lengths],
            dimension=16,
            coordinates=spots(numbers),
        )
        sources = [
            replace(source, path=path)
            for source, path in zip(atlas.manifest.sources, paths, strict=True)
        ]
        manifest = replace(atlas.manifest, sources=tuple(sources))
        (atlas.folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
        return open_atlas(atlas.folder)

    return make
