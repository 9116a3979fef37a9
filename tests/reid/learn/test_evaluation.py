"""Scores in blocks are those of the whole; protocols leave out what they say."""

from dataclasses import replace

import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.reid.learn.evaluation import EvaluateOptions, score_features
from frameatlas.reid.learn.sets.people_set import people_set
from frameatlas.reid.learn.sets.protocol import PROTOCOLS, protocol_named
from frameatlas.reid.ranking.cmc_map import Labels, score_ranking
from frameatlas.reid.ranking.distances import euclidean, jaccard_distance, rerank, unit_length
from frameatlas.reid.ranking.neighbour_lists import (
    nearest,
    reranked_blocks,
    sparse_jaccard,
)


def made(people=12, cameras=3, each=4, spread=0.5, seed=0):
    """A set of names without pictures, and features of it."""
    random = np.random.default_rng(seed)
    person = np.repeat(np.arange(1, people + 1), cameras * each)
    camera = np.tile(np.repeat(np.arange(cameras), each), people)
    centre = random.normal(size=(people + 1, 16))
    features = centre[person] + spread * random.normal(size=(len(person), 16))
    first = np.tile(np.arange(each) == 0, people * cameras)
    paths = [f"{p}-{n}.png" for n, p in enumerate(person)]
    from pathlib import Path

    found = people_set(
        "made",
        "made",
        [Path(p) for p in paths],
        {
            "person": person,
            "camera": camera,
            "tracklet": person * 100 + camera,
            "action": person % 2,
        },
        {"train": first & False, "query": first, "gallery": ~first},
        PROTOCOLS["market"],
    )
    return found, features.astype(np.float32)


def golden():
    def one(i, off):
        return [
            np.cos(1.7 * ((i + off) % 5) * (j + 1)) + 0.35 * np.sin(3.1 * (i + off) * (j + 2))
            for j in range(8)
        ]

    return (
        unit_length(np.array([one(i, 0) for i in range(4)])),
        unit_length(np.array([one(i, 2) for i in range(16)])),
    )


def test_blocks_score_as_the_whole():
    people, features = made()
    found = score_features(features, people, PROTOCOLS["market"]).scores["standard"]
    query, gallery = people.query, people.gallery
    rows = unit_length(features)
    whole = score_ranking(
        euclidean(rows[query], rows[gallery]),
        Labels(people.person[query], people.camera[query]),
        Labels(people.person[gallery], people.camera[gallery]),
    )
    assert found.mean_precision == pytest.approx(whole.mean_precision, abs=1e-6)
    assert found.mean_inverse_penalty == pytest.approx(whole.mean_inverse_penalty, abs=1e-6)
    np.testing.assert_allclose(found.cmc, whole.cmc)
    assert found.queries == whole.queries == 36


def test_the_golden_values_of_re_ranking():
    queries, gallery = (rows.astype(np.float32) for rows in golden())
    expected = {
        (6, 3, 0.3): ([0.960594, 0.916332, 1.0, 0.062677, 0.849367, 0.910387], 46.32027),
        (20, 6, 0.3): ([0.521326, 0.481638, 0.530280, 0.060138, 0.425076, 0.471119], 22.86267),
        (6, 1, 0.0): ([1, 1, 1, 0.199151, 0.876832, 1], 51.44521),
    }
    for (k1, k2, weight), (row, total) in expected.items():
        blocks = reranked_blocks(queries, gallery, k1=k1, k2=k2, weight=weight, block=3)
        found = np.concatenate([distance for _, distance in blocks])
        np.testing.assert_allclose(found[0, :6], row, atol=2e-5)
        assert found.sum() == pytest.approx(total, abs=1e-3)


def test_sparse_re_ranking_is_the_dense_one():
    people, features = made(spread=0.8)
    rows = unit_length(features).astype(np.float32)
    first, second = rows[people.query], rows[people.gallery]
    found = np.concatenate([d for _, d in reranked_blocks(first, second, block=7)])
    np.testing.assert_allclose(found, rerank(first, second), atol=1e-5)
    better = score_features(features, people, PROTOCOLS["market"], EvaluateOptions(rerank=True))
    plain = score_features(features, people, PROTOCOLS["market"])
    assert better.scores["standard"].mean_precision > plain.scores["standard"].mean_precision


def test_sparse_jaccard_is_the_dense_one_where_it_is_near():
    _, features = made(spread=0.8)
    rows = unit_length(features).astype(np.float32)
    found = sparse_jaccard(rows, k1=10, k2=4, most=0.7)
    dense = jaccard_distance(rows, k1=10, k2=4)
    near = np.argwhere(dense < 0.69)
    stored = np.asarray(found[near[:, 0], near[:, 1]]).ravel()
    np.testing.assert_allclose(stored, dense[near[:, 0], near[:, 1]], atol=1e-5)
    assert (dense[found.nonzero()] < 0.71).all()


def test_the_nearest_are_in_order():
    _, features = made()
    near = nearest(features, 5)
    whole = euclidean(features, features) ** 2
    np.testing.assert_array_equal(near.index, np.argsort(whole, axis=1, kind="stable")[:, :5])
    np.testing.assert_allclose(near.farthest, whole.max(axis=1), rtol=1e-4)


@pytest.mark.parametrize("name", ["tracklets", "folders", "soccernet", "trento", "cuhk03", "mars"])
def test_every_protocol_scores(name):
    people, features = made()
    found = score_features(features, people, PROTOCOLS[name])
    one = found.scores["standard"]
    assert 0.2 < one.mean_precision <= 1
    assert found.scores["trapezoid"].mean_precision <= one.mean_precision + 1e-9
    counted = {"trento": 100, "mars": 36, "cuhk03": 3600}.get(name, 36)
    assert one.queries == counted


def test_easier_protocols_score_higher_and_so_are_never_compared():
    people, features = made(spread=0.9)
    light = np.random.default_rng(1).normal(size=(3, 16))[people.camera]
    scores = {
        name: score_features(features + 2 * light, people, PROTOCOLS[name]).scores["standard"]
        for name in ("market", "folders")
    }
    assert scores["folders"].cmc[0] > scores["market"].cmc[0]
    normed = score_features(
        features + 2 * light, people, PROTOCOLS["market"], EvaluateOptions(camera_norm=True)
    )
    assert normed.scores["standard"].mean_precision > scores["market"].mean_precision


def test_queries_of_nobody_are_named():
    people, features = made()
    absent = people.person == 1
    gallery = people.gallery[~absent[people.gallery]]
    found = score_features(features, replace(people, gallery=gallery), PROTOCOLS["market"])
    assert len(found.absent) == 3
    assert found.scores["standard"].queries == 33
    nobody = replace(people, gallery=people.gallery[:0])
    with pytest.raises(InputError, match="none of 36 queries"):
        score_features(features, nobody, PROTOCOLS["market"])


def test_queries_of_each_camera():
    people, features = made()
    found = score_features(features, people, PROTOCOLS["market"])
    assert set(found.by_camera) == {0, 1, 2}
    mean = found.scores["standard"].mean_precision
    assert np.mean(list(found.by_camera.values())) == pytest.approx(mean)


def test_a_protocol_that_there_is_not():
    with pytest.raises(InputError, match="--protocol"):
        protocol_named("paris")
