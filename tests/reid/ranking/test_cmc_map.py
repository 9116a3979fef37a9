"""Ranking scores against golden values of the published evaluation codes."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from frameatlas.errors import InputError
from frameatlas.reid.ranking.cmc_map import JUNK, Labels, rank, score_ranking

QUERY = Labels.of([1, 2, 3, 4], [0, 1, 2, 0])
GALLERY = Labels.of([1, 2, 3, 1, 2, 0, 0, 3, 1, 2, 3, 1], [0, 0, 0, 1, 1, 2, 1, 1, 2, 2, 2, 0])
Q, G = np.mgrid[0:4, 0:12]
DISTANCE = np.abs(np.sin(3 * Q + 7 * G + 1))


def test_golden_values():
    scores = score_ranking(DISTANCE, QUERY, GALLERY)
    assert scores.cmc[:5] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 2 / 3, 2 / 3])
    assert scores.mean_precision == pytest.approx(0.415224, abs=1e-6)
    assert scores.precisions[:3] == pytest.approx([0.833333, 0.162338, 0.25], abs=1e-6)
    assert np.isnan(scores.precisions[3])
    assert scores.mean_inverse_penalty == pytest.approx(0.366162, abs=1e-6)
    assert scores.queries == 3


def test_golden_values_of_the_official_code():
    scores = score_ranking(DISTANCE, QUERY, GALLERY, ap="trapezoid")
    assert scores.mean_precision == pytest.approx(0.352850, abs=1e-6)
    absent = score_ranking(DISTANCE, QUERY, GALLERY, ap="trapezoid", count_absent=True)
    assert absent.mean_precision == pytest.approx(0.264637, abs=1e-6)
    assert absent.queries == 4


def test_two_definitions_of_average_precision():
    # The first and third are of other people: matches at ranks 2 and 4.
    row, one = np.array([[0.1, 0.2, 0.3, 0.4]]), Labels.of([5], [0])
    gallery = Labels.of([9, 5, 9, 5], [1, 1, 1, 1])
    assert score_ranking(row, one, gallery).mean_precision == pytest.approx(0.5)
    trapezoid = score_ranking(row, one, gallery, ap="trapezoid")
    assert trapezoid.mean_precision == pytest.approx(1 / 3)


def test_the_trapezoid_is_never_larger():
    random = np.random.default_rng(0)
    query = Labels.of(random.integers(1, 9, 20), random.integers(0, 3, 20))
    gallery = Labels.of(random.integers(0, 9, 80), random.integers(0, 3, 80))
    distance = random.random((20, 80))
    both = [score_ranking(distance, query, gallery, ap=ap) for ap in ("standard", "trapezoid")]
    assert (both[1].precisions <= both[0].precisions).all()


@pytest.mark.parametrize("steps", [3, 10**6])
def test_sklearn_takes_equal_distances_together(steps):
    random = np.random.default_rng(1)
    distance = np.floor(random.random((1, 40)) * steps)
    gallery = Labels.of(random.integers(1, 4, 40), np.ones(40))
    scores = score_ranking(distance, Labels.of([2], [0]), gallery, ap="sklearn")
    expected = average_precision_score(gallery.person == 2, -distance[0])
    assert scores.mean_precision == pytest.approx(expected)


def test_what_is_left_out_of_a_ranking():
    query = Labels.of([7], [1])
    gallery = Labels.of([7, 7, JUNK, 0, 8], [1, 2, 2, 2, 1])
    order = next(rank(np.array([[0.0, 0.1, 0.2, 0.3, 0.4]]), query, gallery))
    assert order.tolist() == [1, 3, 4]  # not the same camera's own person, not the junk


def test_ranking_inside_a_block():
    query = Labels.of([7], [0], [3])
    gallery = Labels.of([7, 8, 7], [1, 1, 1], [4, 3, 3])
    assert next(rank(np.array([[0.0, 0.1, 0.2]]), query, gallery)).tolist() == [1, 2]


def test_a_short_gallery_ends_its_curve():
    scores = score_ranking(np.array([[0.3, 0.1]]), Labels.of([1], [0]), Labels.of([1, 2], [1, 1]))
    assert scores.cmc.tolist() == [0, 1]


def test_no_query_has_a_match():
    scores = score_ranking(np.zeros((1, 2)), Labels.of([9], [0]), Labels.of([1, 2], [1, 1]))
    assert (scores.queries, scores.mean_precision) == (0, 0)
    assert scores.cmc.tolist() == [0, 0]


def test_what_cannot_be_ranked():
    labels = Labels.of([1], [0])
    with pytest.raises(InputError, match="finite distances"):
        score_ranking(np.array([[np.nan]]), labels, labels)
    with pytest.raises(InputError, match="finite distances"):
        score_ranking(np.zeros((2, 1)), labels, labels)
    with pytest.raises(InputError, match="trapezoid"):
        score_ranking(np.zeros((1, 1)), labels, labels, ap="exact")
