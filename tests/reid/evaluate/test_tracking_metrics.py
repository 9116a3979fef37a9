"""IDF1 and HOTA on sequences whose scores can be computed by hand."""

import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.reid.evaluate.tracking_metrics import score_tracking
from frameatlas.reid.tracks.boxes import intersection_over_union
from frameatlas.reid.tracks.mot import Tracks


def boxes(rows):
    """(frame, identity, left) with boxes 10 × 10."""
    frame, identity, left = np.array(rows).T
    box = np.column_stack([left, np.zeros(len(left)), np.full((len(left), 2), 10.0)])
    return Tracks(frame.astype(int), identity.astype(int), box, np.ones(len(frame), np.float32))


TWO = [(f, i, 100 * i) for f in range(1, 11) for i in (1, 2)]


def test_the_same_boxes_with_other_names():
    renamed = [(f, 7 - i, left) for f, i, left in TWO]
    scores = score_tracking(boxes(TWO), boxes(renamed))
    assert set(scores.to_json().values()) == {1.0}


def test_one_person_cut_in_two():
    one = [(f, 1, 0) for f in range(1, 11)]
    cut = [(f, 1 if f <= 6 else 2, 0) for f in range(1, 11)]
    scores = score_tracking(boxes(one), boxes(cut))
    assert scores.idf1 == pytest.approx(0.6)
    assert scores.assa == pytest.approx((6 * 0.6 + 4 * 0.4) / 10)
    assert scores.deta == 1
    assert scores.hota == pytest.approx(np.sqrt(scores.assa))


def test_two_people_who_swap_names():
    swapped = [(f, i if f <= 5 else 3 - i, left) for f, i, left in TWO]
    scores = score_tracking(boxes(TWO), boxes(swapped))
    assert scores.idf1 == pytest.approx(0.5)
    assert scores.assa == pytest.approx(5 / 15)


def test_two_people_under_one_name():
    frames = [(f, 1, 0) for f in range(1, 6)] + [(f, 2, 50) for f in range(6, 11)]
    joined = [(f, 9, left) for f, _, left in frames]
    scores = score_tracking(boxes(frames), boxes(joined))
    assert scores.idf1 == pytest.approx(0.5)
    assert scores.assa == pytest.approx(0.5)


def test_missing_and_false_boxes():
    half = [row for row in TWO if row[1] == 1] + [(f, 5, 900) for f in range(1, 6)]
    scores = score_tracking(boxes(TWO), boxes(half))
    assert scores.idr == pytest.approx(10 / 20)
    assert scores.idp == pytest.approx(10 / 15)
    assert scores.idf1 == pytest.approx(20 / 35)
    assert scores.deta == pytest.approx(10 / 25)
    assert scores.assa == 1


def test_a_shift_costs_the_high_overlaps():
    shifted = [(f, i, left + 2) for f, i, left in TWO]
    scores = score_tracking(boxes(TWO), boxes(shifted))
    assert scores.idf1 == 1  # 8 / 12 of the union is above one half
    assert scores.deta == pytest.approx(13 / 19)  # right at .05, .10 … .65


def test_overlap_of_boxes_without_area():
    empty = np.array([[0.0, 0, 0, 0]])
    assert intersection_over_union(empty, empty).tolist() == [[0.0]]


def test_nothing_to_score():
    nothing = Tracks(np.zeros(0, int), np.zeros(0, int), np.zeros((0, 4)), np.zeros(0, np.float32))
    with pytest.raises(InputError, match="Expected boxes"):
        score_tracking(boxes(TWO), nothing)
