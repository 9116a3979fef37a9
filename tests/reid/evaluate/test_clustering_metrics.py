"""Scores of identities: against definitions, against scikit-learn, and by their properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from frameatlas.errors import InputError
from frameatlas.reid.evaluate.clustering_metrics import best_map, score_identities
from frameatlas.reid.evaluate.levels import TrueBoxes, score_levels
from frameatlas.reid.identify.identities import UNASSIGNED

labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), min_size=2, max_size=40)


def test_a_small_example_by_hand():
    # Person 0: items 0-3, person 1: items 4, 5. Given: 7 has items 0-2, 8 has 3-4, 9 has item 5.
    scores = score_identities([0, 0, 0, 0, 1, 1], [7, 7, 7, 8, 8, 9])
    assert scores.accuracy == pytest.approx(4 / 6)  # 7 is 0, and 8 or 9 is 1
    assert scores.purity == pytest.approx(5 / 6)
    assert scores.inverse_purity == pytest.approx(4 / 6)
    assert (scores.pair_precision, scores.pair_recall) == (3 / 4, 3 / 7)
    assert scores.bcubed_precision == pytest.approx((3 + 0.5 + 0.5 + 1) / 6)
    assert scores.bcubed_recall == pytest.approx((9 / 4 + 1 / 4 + 1 / 2 + 1 / 2) / 6)
    assert (scores.count, scores.true_count, scores.count_error) == (3, 2, 1)


@given(labels)
@settings(deadline=None, max_examples=60)
def test_as_scikit_learn_has_them(pairs):
    truth, found = np.array(pairs).T
    scores = score_identities(truth, found)
    assert scores.ari == pytest.approx(reference.adjusted_rand_score(truth, found), abs=1e-9)
    v = reference.homogeneity_completeness_v_measure(truth, found)
    assert (scores.homogeneity, scores.completeness, scores.nmi) == pytest.approx(v, abs=1e-9)


@given(labels, st.permutations(range(6)))
@settings(deadline=None, max_examples=60)
def test_names_do_not_matter_and_accuracy_is_at_most_purity(pairs, renamed):
    truth, found = np.array(pairs).T
    scores = score_identities(truth, found)
    other = score_identities(truth, np.array(renamed)[found])
    assert scores.to_json() == other.to_json()
    assert scores.accuracy <= scores.purity + 1e-12
    assert scores.accuracy <= scores.inverse_purity + 1e-12


def test_the_same_is_perfect():
    scores = score_identities([3, 3, 1, 2], [0, 0, 5, 9])
    values = scores.to_json()
    del values["items"], values["true_count"], values["count"]
    assert values.pop("count_error") == 0
    assert set(values.values()) == {1.0}


def test_clusters_without_a_partner_are_wrong():
    assert score_identities([0] * 10, range(10)).accuracy == pytest.approx(0.1)
    assert score_identities([0] * 10, range(10)).purity == 1


def test_unassigned_is_wrong_and_is_no_identity():
    scores = score_identities([0, 0, 1, 1], [5, 5, UNASSIGNED, UNASSIGNED])
    assert scores.accuracy == 0.5
    assert scores.coverage == 0.5
    assert scores.count == 1
    assert scores.pair_recall == 0.5  # each unassigned item stands alone
    held = score_identities([0, 0, 1, 1], [5, 5, UNASSIGNED, UNASSIGNED], tracklets=[0, 0, 1, 1])
    assert held.pair_recall == 1
    assert held.accuracy == 0.5


def test_nothing_assigned():
    scores = score_identities([0, 1], [UNASSIGNED, UNASSIGNED])
    assert (scores.accuracy, scores.coverage, scores.count) == (0, 0, 0)


def test_a_weight_is_that_many_items():
    truth, found, times = np.array([0, 0, 1, 2]), np.array([4, 5, 5, 6]), np.array([3, 1, 2, 4])
    weighted = score_identities(truth, found, weights=times)
    repeated = score_identities(np.repeat(truth, times), np.repeat(found, times))
    assert weighted.to_json() == repeated.to_json()


def test_the_best_map():
    assert best_map([0, 0, 1, 1, 1], [9, 9, 9, 4, UNASSIGNED]) == {9: 0, 4: 1}


@pytest.mark.parametrize(("truth", "found"), [([], []), ([1], [1, 2]), ([[1]], [[1]])])
def test_what_cannot_be_compared(truth, found):
    with pytest.raises(InputError, match="Expected one true and one given identity"):
        score_identities(truth, found)


def test_levels_weigh_differently():
    # Tracklet 0: ten boxes of person 0, two crops. Tracklet 1: one box of 1. Tracklet 2: 1, 1, 0.
    truth = TrueBoxes(
        tracklet=np.array([0] * 10 + [1] + [2, 2, 2]),
        identity=np.array([0] * 10 + [1] + [1, 1, 0]),
        crop=np.array([True, True] + [False] * 8 + [True] + [True, False, True]),
    )
    assert truth.majority(3).tolist() == [0, 1, 1]
    assert truth.impure(3) == 1
    scores = score_levels(truth, np.array([0, 1, 1]))
    assert scores["tracklet"].accuracy == 1
    assert scores["crop"].accuracy == pytest.approx(4 / 5)
    assert scores["duration"].accuracy == pytest.approx(13 / 14)
