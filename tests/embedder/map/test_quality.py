import json

import numpy as np
import pytest

from frameatlas.embedder.map.neighbourhood_metrics import (
    continuity,
    neighbours_kept,
    squared_distances,
    trustworthiness,
)
from frameatlas.embedder.map.quality import _ranks, fill, map_quality
from frameatlas.store.rows import ConcatenatedRows


def made_up(n: int, d: int = 20, seed: int = 0):
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float16)


def quality(features, places, seconds=None, sources=None, **more):
    n = len(features)
    seconds = np.full(n, np.nan) if seconds is None else seconds
    sources = np.zeros(n, np.int64) if sources is None else sources
    return map_quality(features, features, places, places, seconds, sources, **more)


def test_same_trustworthiness_as_scikit_learn() -> None:
    from sklearn.manifold import trustworthiness as theirs

    features = made_up(400).astype(np.float32)
    places = features[:, :2] + 0.3
    far, flat = squared_distances(features), squared_distances(places)
    assert trustworthiness(far, flat, 12) == pytest.approx(
        theirs(features, places, n_neighbors=12), abs=1e-4
    )
    assert continuity(far, flat, 12) == pytest.approx(
        theirs(places, features, n_neighbors=12), abs=1e-4
    )


def test_a_true_map_is_perfect_and_a_random_one_is_not() -> None:
    features = made_up(300, 2)
    perfect = quality(features, features / 5)["map"]
    for name in ("trustworthiness", "continuity", "neighbours_kept", "order"):
        assert perfect[name] == pytest.approx(1.0, abs=1e-4)
    chance = quality(features, made_up(300, 2, seed=1) / 5)["map"]
    assert 0.4 < chance["trustworthiness"] < 0.6
    assert chance["neighbours_kept"] == pytest.approx(50 / 299, abs=0.03)


def test_pca_stands_beside_the_map_as_the_floor() -> None:
    features = made_up(200)
    report = quality(features, features[:, :2] / 8)
    for name in ("trustworthiness", "continuity", "neighbours_kept", "order"):
        assert report["pca"][name] == pytest.approx(report["map"][name], abs=1e-6)


def test_frames_close_in_time_do_not_count_when_other_moments_are_asked_for() -> None:
    # Two visits to each of 40 places, a minute apart; the map keeps each visit together
    # but puts the two visits far from each other.
    random = np.random.default_rng(0)
    place = np.repeat(random.normal(size=(40, 20)), 12, axis=0)
    features = np.concatenate([place, place]) + random.normal(0, 0.01, (960, 20))
    spots = np.repeat(random.uniform(-1, 0, size=(80, 2)), 12, axis=0)
    spots[480:] += 1.0
    seconds = np.repeat(np.arange(80) * 60.0, 12) + np.tile(np.arange(12) / 3, 80)
    report = quality(features, spots, seconds, np.zeros(960, np.int64))["map"]
    assert report["neighbours_kept"] > 0.4
    assert report["neighbours_kept_other_moments"] < 0.2
    # The same frames as photos, or each in a video of its own: nothing to leave out.
    for other in (quality(features, spots), quality(features, spots, seconds, np.arange(960))):
        assert other["map"]["neighbours_kept_other_moments"] == report["neighbours_kept"]


def test_order_tells_where_far_regions_lie_and_not_how_near_neighbours_are() -> None:
    random = np.random.default_rng(0)
    middles = random.uniform(-1, 1, size=(20, 2))
    kind = np.repeat(np.arange(20), 30)
    features = middles[kind] + random.normal(0, 0.01, (600, 2))
    shuffled = random.permutation(middles)[kind] + features - middles[kind]
    true, mixed = (quality(features, places)["map"] for places in (features, shuffled))
    assert true["order"] > 0.99
    assert abs(mixed["order"]) < 0.5
    assert mixed["neighbours_kept"] > 0.95


def test_equal_distances_share_their_ranks() -> None:
    assert _ranks(np.array([3.0, 1, 3, 2])).tolist() == [3.5, 1, 3.5, 2]
    assert _ranks(np.zeros(5)).tolist() == [3] * 5
    many = np.random.default_rng(0).normal(size=190)
    assert np.array_equal(_ranks(many), np.argsort(np.argsort(many)) + 1)


def test_places_that_are_all_equal_have_no_order() -> None:
    report = quality(made_up(300), np.zeros((300, 2)))
    assert report["map"]["order"] is None
    assert report["regions"] == 20


def test_neighbours_kept_by_hand() -> None:
    line = np.arange(5, dtype=np.float32)[:, None]
    mixed = np.array([[0], [10], [20], [1], [2]], np.float32)
    far, flat = squared_distances(line), squared_distances(mixed)
    # Nearest of the ends 0 and 4 are 1 and 3, of which the map keeps 3 for 4 only.
    assert neighbours_kept(far[[0, 4]], flat[[0, 4]], 1, 1) == 0.5


def test_fill_counts_cells() -> None:
    assert fill(np.zeros((9, 2))) == 1 / 198
    assert fill(np.array([[-1, -1], [1, 1], [1, -1], [0.999, 0.999]])) == 3 / 198
    x, y = np.meshgrid(np.linspace(-1, 1, 60), np.linspace(-1, 1, 60))
    assert fill(np.column_stack([x.ravel(), y.ravel()])) == 1.0


@pytest.mark.parametrize("n", [1, 2, 3, 10, 60])
def test_few_frames_give_none_instead_of_nan(n: int) -> None:
    report = quality(made_up(n), made_up(n, 2) / 8)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert report["sample"] == n
    assert (report["map"]["trustworthiness"] is None) == (n < 4)
    assert (report["map"]["neighbours_kept"] is None) == (n <= 51)
    assert (report["map"]["order"] is None) == (n < 32)


def test_equal_frames_give_figures() -> None:
    report = quality(np.ones((100, 5), np.float16), np.zeros((100, 2)))
    assert report["map"]["trustworthiness"] == 1.0
    assert (report["regions"], report["map"]["order"]) == (1, None)
    assert report["code"] == {"mean": [0.0, 0.0], "std": [0.0, 0.0], "saturated": 0.0}


def test_large_maps_are_sampled_the_same_way_each_time(monkeypatch) -> None:
    monkeypatch.setattr("frameatlas.embedder.map.quality.SAMPLE", 120)
    features = made_up(1000)
    rows = ConcatenatedRows([features[:400], features[400:]], (20,), features.dtype)
    places = made_up(1000, 2) / 8
    report = quality(rows, places)
    assert (report["frames"], report["sample"]) == (1000, 120)
    assert report == quality(features, places)
    assert report["map"] != quality(features, places, seed=1)["map"]


def test_code_is_described_whole() -> None:
    code = np.array([[1.0, 0.0], [-1.0, 0.5]])
    report = quality(made_up(2), code)["code"]
    assert report == {"mean": [0.0, 0.25], "std": [1.0, 0.25], "saturated": 0.5}
