"""Distances: golden values of k-reciprocal re-ranking, and properties."""

import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.reid.ranking.distances import (
    cluster_dbscan,
    euclidean,
    jaccard_distance,
    normalise_cameras,
    rerank,
    unit_length,
)


def golden_features(count, offset):
    i, j = np.mgrid[0:count, 0:8]
    identity = (i + offset) % 5
    wave = np.cos(1.7 * identity * (j + 1)) + 0.35 * np.sin(3.1 * (i + offset) * (j + 2))
    return unit_length(wave)


QUERIES, GALLERY = golden_features(4, 0), golden_features(16, 2)


def test_golden_distances():
    expected = [1.67079, 1.522297, 1.792669, 0.279699, 1.661133, 1.501237]
    assert euclidean(QUERIES, GALLERY)[0, :6] == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize(
    ("k1", "k2", "weight", "row", "total"),
    [
        (6, 3, 0.3, [0.960594, 0.916332, 1.0, 0.062677, 0.849367, 0.910387], 46.32027),
        (20, 6, 0.3, [0.521326, 0.481638, 0.530280, 0.060138, 0.425076, 0.471119], 22.86267),
        (6, 1, 0.0, [1, 1, 1, 0.199151, 0.876832, 1], 51.44521),
    ],
)
def test_golden_reranking(k1, k2, weight, row, total):
    distance = rerank(QUERIES, GALLERY, k1=k1, k2=k2, weight=weight)
    assert distance.shape == (4, 16)
    assert distance[0, :6] == pytest.approx(row, abs=2e-6)
    assert distance.sum() == pytest.approx(total, abs=2e-5)


def test_weight_one_keeps_the_order():
    distance = rerank(QUERIES, GALLERY, weight=1.0)
    plain = euclidean(QUERIES, GALLERY)
    assert np.array_equal(distance.argsort(axis=1), plain.argsort(axis=1))


def test_jaccard_distance_is_one():
    features = np.concatenate([QUERIES, GALLERY])
    distance = jaccard_distance(features, k1=6, k2=3)
    assert np.allclose(distance, distance.T)
    assert distance.min() == 0
    assert distance.max() <= 1
    assert not distance.diagonal().any()


def test_it_is_not_the_one_of_reranking():
    first = rerank(QUERIES, GALLERY, k1=6, k2=1, weight=0.0)
    second = jaccard_distance(np.concatenate([QUERIES, GALLERY]), k1=6, k2=1)[:4, 4:]
    assert not np.allclose(first, second, atol=0.01)


@pytest.mark.parametrize("eps", [0.6, None])
def test_dbscan_finds_groups_and_leaves_outliers(eps):
    random = np.random.default_rng(0)
    centres = unit_length(random.normal(size=(4, 32)))
    truth = np.repeat(np.arange(4), 12)
    features = np.concatenate([centres[truth] + 0.05 * random.normal(size=(48, 32)), -centres[:1]])
    found = cluster_dbscan(jaccard_distance(features, k1=10, k2=1), eps=eps, rho=0.2)
    assert found[-1] == -1
    pairs = {(t, f) for t, f in zip(truth, found[:-1], strict=True) if f >= 0}
    assert sorted(t for t, _ in pairs) == sorted(f for _, f in pairs) == [0, 1, 2, 3]


def test_cameras_are_made_alike():
    random = np.random.default_rng(0)
    people = random.normal(size=(10, 16))
    other = people * random.uniform(0.1, 4, 16) + random.normal(0, 5, 16)
    both, camera = np.concatenate([people, other]), np.repeat([0, 1], 10)

    def found(rows):
        """Share of pictures whose nearest other picture shows the same person."""
        distance = euclidean(rows, rows)
        np.fill_diagonal(distance, np.inf)
        return (distance.argmin(axis=1) % 10 == np.arange(20) % 10).mean()

    assert found(unit_length(both)) < 0.5
    assert found(normalise_cameras(both, camera)) == 1


def test_a_camera_with_one_picture_is_no_trouble():
    assert np.isfinite(normalise_cameras(np.ones((3, 4)), np.array([0, 0, 1]))).all()


def test_no_neighbours():
    with pytest.raises(InputError, match="at least one neighbour"):
        rerank(QUERIES, GALLERY, k1=0)
