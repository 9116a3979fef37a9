import json

import numpy as np
import pytest

from frameatlas.geometry.pyramid import Pyramid


@pytest.fixture(scope="module")
def browser(from_root):
    return from_root("benchmark.browser")


@pytest.fixture(scope="module")
def large(browser, tmp_path_factory):
    return browser.large_atlas(
        tmp_path_factory.mktemp("large") / "large.atlas", 90, size=(64, 36), length=40
    )


def test_a_large_atlas_is_a_small_one_many_times(large):
    assert len(large) == 90
    assert [source.frames for source in large.sources] == [40, 40, 10]
    assert np.array_equal(large.frames[3], large.frames[43])
    assert large.seconds[39] == pytest.approx(13)
    assert large.scores.shape == (90, 256)
    assert np.abs(large.coordinates).max() <= 1
    assert Pyramid.of(large.coordinates, large.source_numbers).deepest > 2
    first = large.folder / "sources/source-000000/frames.npy"
    assert first.stat().st_nlink == 2


def test_its_pictures_are_hard_to_pack(large):
    assert large.frames[0].std() > 10


def test_the_server_is_measured(browser, large, tmp_path):
    figures = browser.measure(large.folder, tmp_path, page=False)
    assert json.loads(json.dumps(figures)) == figures
    for name in ("start_seconds", "tile_cold_p95_ms", "tile_warm_p95_ms", "hover_p95_ms"):
        assert figures[name] > 0, name
    assert 20 < figures["server_own_megabytes"] < figures["server_peak_megabytes"]
