"""Neighbours are those of brute force, whatever way they are asked for."""

import json
from pathlib import Path

import numpy as np
import pytest

from frameatlas import InputError
from frameatlas.geometry.directions import directions
from frameatlas.search import cosine_scan as cosines
from frameatlas.search.cosine_scan import Cosines
from frameatlas.search.neighbours import frame_neighbours, near_frames, neighbours

SOURCES = (("video", 40), ("video", 25), ("photos", 9), ("failed", 0), ("damaged", 30))


@pytest.fixture(scope="module")
def atlas(tmp_path_factory, synthetic_atlas):
    folder = tmp_path_factory.mktemp("near") / "near.atlas"
    return synthetic_atlas(folder, sources=SOURCES, dimension=64, components=24)


def true_cosines(atlas, query):
    scores = directions(np.asarray(atlas.scores, np.float64))
    return scores @ (query / np.linalg.norm(query))


def ranked(values, count):
    """Numbers of the largest values, -inf left out, in their order."""
    order = np.lexsort((np.arange(len(values)), -values.astype(np.float32)))
    return [int(i) for i in order if np.isfinite(values[i])][:count]


@pytest.mark.parametrize("count", [1, 7, 103, 500])
def test_brute_force_finds_the_same(atlas, count):
    for frame in range(0, len(atlas), 13):
        values = true_cosines(atlas, np.asarray(atlas.scores[frame], np.float64))
        values[frame] = -np.inf
        found = frame_neighbours(atlas, frame, count)
        assert found.frames.tolist() == ranked(values, count)
        assert np.allclose(found.similarity, values[found.frames], atol=1e-6)
        assert found.frames.dtype == np.int64
        assert found.similarity.dtype == np.float32


def test_scikit_learn_finds_the_same(atlas):
    from sklearn.neighbors import NearestNeighbors

    model = NearestNeighbors(n_neighbors=10, algorithm="brute", metric="cosine")
    model.fit(np.asarray(atlas.scores, np.float64))
    query = np.random.default_rng(1).normal(size=(5, 24))
    for row, expected in zip(query, model.kneighbors(query)[1], strict=True):
        assert neighbours(atlas, row, 10).frames.tolist() == expected.tolist()


def test_a_frame_is_most_like_itself(atlas):
    found = neighbours(atlas, np.asarray(atlas.scores[50]), 3)
    assert found.frames[0] == 50
    assert found.similarity[0] == pytest.approx(1, abs=1e-6)


def test_several_rows_count_by_the_nearest(atlas):
    query = np.asarray(atlas.scores[[3, 90]], np.float64)
    values = np.maximum(*(true_cosines(atlas, row) for row in query))
    assert neighbours(atlas, query, 12).frames.tolist() == ranked(values, 12)


@pytest.mark.parametrize("count", [1, 2, 4, 20])
def test_one_best_frame_a_source(atlas, count):
    for frame in (0, 41, 70, 100):
        values = true_cosines(atlas, np.asarray(atlas.scores[frame], np.float64))
        values[frame] = -np.inf
        best = [max(frames, key=values.__getitem__) for frames in map(atlas.range_of, (0, 1, 2, 4))]
        found = frame_neighbours(atlas, frame, count, one_per_source=True)
        assert found.frames.tolist() == sorted(best, key=lambda i: -values[i])[:count]


@pytest.mark.parametrize("seconds", [0.2, 1.0, 4.0, 1000.0])
def test_found_frames_lie_apart(atlas, seconds):
    frame = 20
    values = true_cosines(atlas, np.asarray(atlas.scores[frame], np.float64))
    values[near_frames(atlas, frame, seconds)] = -np.inf
    expected = []
    while np.isfinite(values.max()) and len(expected) < 15:
        expected.append(ranked(values, 1)[0])
        values[near_frames(atlas, expected[-1], seconds)] = -np.inf
    found = frame_neighbours(atlas, frame, 15, skip_near=seconds)
    assert found.frames.tolist() == expected


def test_photos_have_no_times_to_be_near_in(atlas):
    photos = atlas.range_of(2)
    assert near_frames(atlas, photos[3], 100).tolist() == [photos[3]]
    found = frame_neighbours(atlas, photos[3], 200, skip_near=100).frames
    assert set(photos) - {photos[3]} <= set(found.tolist())


def test_only_other_sources(atlas):
    found = frame_neighbours(atlas, 10, 500, other_sources_only=True).frames
    assert sorted(found.tolist()) == list(range(40, 104))


def test_what_is_left_out_is_not_found(atlas):
    query = np.asarray(atlas.scores[0])
    assert not set(neighbours(atlas, query, 104, leave_out=range(5, 50)).frames) & set(range(5, 50))
    assert len(neighbours(atlas, query, 9, leave_out=np.arange(104))) == 0
    assert len(neighbours(atlas, query, 9, leave_out=range(104), one_per_source=True)) == 0
    assert len(neighbours(atlas, query, 9, leave_out=range(104), skip_near=1)) == 0


def test_equal_frames_come_in_their_order():
    scores = np.ones((300, 8), np.float16)

    class Twins:
        offsets = np.array([0, 300])
        sources = ()

        def __init__(self):
            self.scores = scores

        def __len__(self):
            return 300

    assert neighbours(Twins(), np.ones(8), 5).frames.tolist() == [0, 1, 2, 3, 4]


def test_a_frame_without_any_score_is_like_nothing():
    scores = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float16)
    scores[7] = 0
    found = Cosines(scores)
    values = found.exact(directions(np.ones((1, 8), np.float32)), np.arange(50))
    assert values[7] == 0
    assert np.isfinite(values).all()


@pytest.mark.parametrize("spiky", [False, True])
def test_the_scan_is_never_off_by_more_than_its_slack(spiky):
    rng = np.random.default_rng(2)
    scores = rng.normal(size=(5000, 64)).astype(np.float16)
    if spiky:
        scores[::3, 5] = 100
    found = Cosines(scores)
    for _ in range(20):
        query = directions(rng.normal(size=(2, 64)).astype(np.float32))
        exact = found.exact(query, np.arange(5000))
        assert np.abs(found.scan(query) - exact).max() <= found.slack
    assert found.slack < 0.05


def test_an_atlas_too_large_for_a_copy_is_read_from_disk(atlas, monkeypatch):
    before = neighbours(atlas, np.asarray(atlas.scores[30]), 20)
    monkeypatch.setattr(cosines, "LARGEST_COPY", 100)
    read = Cosines(atlas.scores)
    assert read._rounded is None
    monkeypatch.setattr(cosines, "_OPEN", {atlas: read})
    after = neighbours(atlas, np.asarray(atlas.scores[30]), 20)
    assert after.frames.tolist() == before.frames.tolist()
    assert read.slack < 1e-4


def test_queries_from_several_threads_agree(atlas):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda i: frame_neighbours(atlas, i, 6).frames.tolist(), range(40)))
    assert found == [frame_neighbours(atlas, i, 6).frames.tolist() for i in range(40)]


@pytest.mark.parametrize(
    "query",
    [np.ones(23), np.ones((2, 25)), np.ones((0, 24)), np.full(24, np.nan), np.ones((1, 1, 24))],
)
def test_queries_of_another_atlas_are_refused(atlas, query):
    with pytest.raises(InputError, match=r"Expected a query of 24 finite components.*Received"):
        neighbours(atlas, query)


def test_numbers_out_of_range_are_refused(atlas):
    query = np.ones(24)
    with pytest.raises(InputError, match="at least one frame"):
        neighbours(atlas, query, 0)
    with pytest.raises(InputError, match="--skip-near"):
        neighbours(atlas, query, 5, skip_near=float("nan"))
    for frame in (-1, 104):
        with pytest.raises(InputError, match="from 0 to 103"):
            frame_neighbours(atlas, frame)


def test_an_atlas_without_frames_gives_none(tmp_path: Path, synthetic_atlas):
    atlas = synthetic_atlas(tmp_path / "x.atlas", dimension=16, components=4)
    scores = atlas.scores
    manifest = json.loads((atlas.folder / "atlas.json").read_text(encoding="utf-8"))
    assert manifest["map"]["frames"] == len(scores)
    found = neighbours(atlas, np.zeros(scores.shape[1]), 3)
    assert found.similarity.tolist() == [0, 0, 0]
    assert found.frames.tolist() == [0, 1, 2]


@pytest.mark.parametrize("count", [1, 3, 40])
@pytest.mark.parametrize("seconds", [0, 1.0])
def test_one_best_frame_a_group(atlas, count, seconds):
    groups = np.arange(104) // 7
    for frame in (0, 41, 70, 100):
        values = true_cosines(atlas, np.asarray(atlas.scores[frame], np.float64))
        values[groups == groups[frame]] = -np.inf
        if seconds:
            values[near_frames(atlas, frame, seconds)] = -np.inf
        expected = []
        while np.isfinite(values.max()) and len(expected) < count:
            expected.append(ranked(values, 1)[0])
            values[groups == groups[expected[-1]]] = -np.inf
            if seconds:
                values[near_frames(atlas, expected[-1], seconds)] = -np.inf
        found = frame_neighbours(atlas, frame, count, skip_near=seconds, groups=groups)
        assert found.frames.tolist() == expected
