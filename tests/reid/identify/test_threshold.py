import numpy as np
import pytest

from frameatlas.reid.identify.confidence import margins
from frameatlas.reid.identify.constrained_linkage import link
from frameatlas.reid.identify.constraints.teams import silhouette, teams_by_colour
from frameatlas.reid.identify.threshold import (
    FALLBACK,
    Threshold,
    calibrate,
    merges_to_make,
)
from frameatlas.reid.linkage import Merges
from frameatlas.reid.tracks.pool import pool


def test_the_threshold_makes_the_fewest_errors_of_both_kinds():
    same = np.array([0.1, 0.2, 0.3, 0.4, 0.9])
    different = np.array([0.35, 0.6, 0.7, 0.8, 1.0])
    found = calibrate(same, different)
    assert found.calibrated
    assert 0.4 < found.distance < 0.6


def test_between_kinds_that_do_not_meet_it_is_in_the_middle():
    same, different = np.linspace(0, 0.2, 9), np.linspace(0.8, 1, 9)
    found = calibrate(same, different)
    assert found.distance == pytest.approx(0.5)


def test_a_given_threshold_is_kept():
    found = calibrate(np.array([0.1, 0.5]), np.array([0.3, 0.9]), 0.4)
    assert (found.distance, found.calibrated) == (0.4, False)


def test_too_few_pairs_calibrate_nothing():
    found = calibrate(np.array([0.1]), np.zeros(0))
    assert (found.distance, found.calibrated) == (FALLBACK, False)


def test_silhouette_is_that_of_scikit_learn():
    from sklearn.metrics import silhouette_score

    rng = np.random.default_rng(0)
    rows = rng.normal(size=(30, 4))
    distance = np.linalg.norm(rows[:, None] - rows, axis=2)
    label = rng.integers(0, 5, 30)
    label[-1] = 5
    expected = silhouette_score(distance, label, metric="precomputed")
    assert silhouette(distance, label) == pytest.approx(expected, abs=1e-5)
    assert silhouette(distance, np.zeros(30, np.int64)) == -1
    assert silhouette(distance, np.arange(30)) == -1


def test_as_many_players_as_were_seen_together_remain():
    table = np.array([[0, 0.1, 0.2], [0.1, 0, 0.2], [0.2, 0.2, 0]])
    merges = link(table, np.ones(3), np.zeros((3, 3), bool))
    loose = calibrate(np.zeros(1), np.ones(1), 2.0)
    assert merges_to_make(merges, loose, 1) == 2
    assert merges_to_make(merges, loose, 2) == 1
    assert merges_to_make(merges, loose, 3) == 0


@pytest.mark.parametrize(
    ("distances", "unrelated", "made"),
    [
        ([0.1, 0.15, 0.3, 0.35, 0.9, 0.95], 1.0, 4),  # up to the leap, not to the threshold
        ([0.1, 0.15, 0.3, 0.35, 0.4, 0.45], 1.0, 6),  # no leap before the constraints end it
        ([0.1, 0.15, 0.7, 0.75, 0.8, 0.9], 0.6, 2),  # nobody is alike behind the threshold
        ([0.7, 0.75, 0.8, 0.85, 0.9, 0.95], 0.6, 0),
    ],
)
def test_merging_ends_where_distances_leap(distances, unrelated, made):
    far = np.array(distances)
    merges = Merges(np.arange(9), np.zeros(6, np.int64), np.arange(1, 7), far)
    threshold = Threshold(0.2, True, unrelated)
    assert merges_to_make(merges, threshold, 1) == made
    assert merges_to_make(merges, threshold, 8) == min(made, 1)


def test_teams_are_groups_of_colour_from_the_largest():
    rng = np.random.default_rng(0)
    centre = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1.0]])
    team = np.array([1] * 6 + [0] * 4 + [2] * 2)
    colour = np.abs(centre[np.repeat(team, 5)] + 0.1 * rng.normal(size=(60, 3))).astype(np.float32)
    colour /= np.linalg.norm(colour, axis=1, keepdims=True)
    tracklet = np.repeat(np.arange(12), 5)
    quality = np.ones(60, np.float32)
    colour[2], quality[11] = colour[-1], 0
    found, share = teams_by_colour(colour, quality, tracklet, 13, None)
    assert found.tolist() == [0] * 6 + [1] * 4 + [2] * 2 + [-1]
    assert share[0] == pytest.approx(0.8)
    assert share[1] == 1
    assert teams_by_colour(colour, quality, tracklet, 13, 0)[0].max() == -1
    assert teams_by_colour(colour, quality, tracklet, 13, 2)[0].max() == 1
    noise = (1 + 0.1 * rng.normal(size=(60, 40))).astype(np.float32)
    assert teams_by_colour(noise, quality, tracklet, 13, None)[0].max() == -1


def test_pooling_weighs_by_quality_and_leaves_nothing_for_nobody():
    rows = np.array([[1, 0], [0, 1], [0, 1]], np.float32)
    pooled = pool(rows, np.array([3, 4, 0], np.float32), np.array([0, 0, 1]), 3)
    np.testing.assert_allclose(pooled, [[0.6, 0.8], [0, 0], [0, 0]], atol=1e-6)


def test_confidence_is_the_margin_to_the_next_player_that_is_possible():
    far = np.array([[0, 0.2, 0.4, 0.8], [0.2, 0, 0.4, 0.8], [0.4, 0.4, 0, 0.8], [0.8, 0.8, 0.8, 0]])
    ban = np.zeros((4, 4), bool)
    player = np.array([0, 0, 1, 2])
    every = np.ones(4, bool)
    margin, other = margins(far, np.ones(4), ban, player, 0.3, every)
    np.testing.assert_allclose(margin, [0.5, 0.5, 0.25, 1 - 0.3 / 0.8])
    assert other.tolist() == [1, 1, 0, 0]
    ban[0, 2] = ban[2, 0] = True
    margin, other = margins(far, np.ones(4), ban, player, 0.3, every)
    assert other.tolist() == [2, 1, 2, 0], "who was seen together cannot be one"
    assert margin[0] == pytest.approx(0.75)
    alone, _ = margins(far[:1, :1], np.ones(1), ban[:1, :1], player[:1], 0.3, every[:1])
    assert alone.tolist() == [1]
