"""A recording in which next to nothing moves: the same atlas with less describing."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from frameatlas import IndexOptions, InterruptedIndexError
from frameatlas.cli.endings.index_summary import index_summary
from frameatlas.embedder import index as indexing
from frameatlas.embedder.build import pipeline
from frameatlas.embedder.describe.features import Crops
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.layout import few_frames
from frameatlas.summary import atlas_info
from frameatlas.verify import check_atlas

pytestmark = pytest.mark.process

OPTIONS = IndexOptions(height=48)


@pytest.fixture
def crops(child: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many crops each call of the network described."""
    counts: list[int] = []

    class Counting(child.MeanEngine):  # type: ignore[name-defined, misc]
        def describe(self, crops: Crops) -> NDArray[np.float32]:
            counts.append(len(crops))
            return super().describe(crops)  # type: ignore[no-any-return]

    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: Counting())
    monkeypatch.setattr(few_frames, "FEWEST", child.FEWEST)
    return counts


@pytest.fixture
def slides(make_video: Callable[..., Path]) -> Path:
    """Three slides of ten seconds, without loss."""
    drawing = "nullsrc=s=96x64:r=6:d=30,geq=lum='X+60*floor(T/10)':cb=128:cr=128"
    return make_video("slides.mkv", drawing, "-c:v", "ffv1", "-g", "12")


def test_the_atlas_is_the_same_and_says_how_many(
    crops: list[int], slides: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = index_videos([slides], tmp_path / "x.atlas", options=OPTIONS)
    described = sum(crops) // 2
    assert len(done.atlas) == 90
    # Three blocks of 32, and a slide that changes within two of them.
    assert described == 5
    assert done.atlas.sources[0].repeated == 85
    assert "85 of the frames show what the one before showed" in index_summary(done, tmp_path)
    assert atlas_info(done.atlas)["sources"][0]["repeated"] == 85
    assert check_atlas(tmp_path / "x.atlas") == []
    monkeypatch.setattr(pipeline, "described_in_place", lambda pixels, _: np.arange(len(pixels)))
    every = index_videos([slides], tmp_path / "y.atlas", options=OPTIONS).atlas
    assert sum(crops) // 2 == described + 90
    np.testing.assert_allclose(done.atlas.features[:], every.features[:], atol=2e-3)
    np.testing.assert_allclose(done.atlas.coordinates, every.coordinates, atol=0.02)


def test_an_interrupted_run_counts_and_ends_as_an_undisturbed_one(
    arrays: Callable[[Path], tuple[bytes, ...]], crops: list[int], slides: Path, tmp_path: Path
) -> None:
    whole = index_videos([slides], tmp_path / "x.atlas", options=OPTIONS).atlas
    before = len(crops)
    with pytest.raises(InterruptedIndexError):
        index_videos(
            [slides],
            tmp_path / "y.atlas",
            options=OPTIONS,
            stopped=lambda: len(crops) > before,
        )
    again = index_videos([slides], tmp_path / "y.atlas", options=OPTIONS).atlas
    assert arrays(tmp_path / "x.atlas") == arrays(tmp_path / "y.atlas")
    assert again.sources == whole.sources
