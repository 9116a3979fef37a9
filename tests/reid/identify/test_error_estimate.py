"""Ranges in place of one false number: right at the knots and between, and never senseless."""

import numpy as np
import pytest

from frameatlas.reid.identify.error_estimate import ESTIMATES, PEOPLE, WRONG, expected_range


def test_at_a_knot_and_between_two():
    at = expected_range(0.1, 20, 5)
    assert at.wrong == pytest.approx((0.03, 0.23))
    assert at.people == (16, 20)
    between = expected_range(0.15, 20, 5)
    assert between.wrong == pytest.approx((0.08, 0.34))


def test_beyond_the_last_knot_it_stays_and_nothing_is_known_of_nothing():
    assert expected_range(0.9, 10, 1) == expected_range(0.3, 10, 1)
    assert expected_range(float("nan"), 10, 1) is None


def test_there_are_never_fewer_than_were_seen_at_one_moment():
    assert expected_range(0.3, 10, 10).people == (10, 10)


def test_more_is_wrong_where_more_is_estimated():
    for side in (*WRONG, ESTIMATES):
        assert (np.diff(side) >= 0).all()
    for side in PEOPLE:
        assert (np.diff(side) <= 0).all()
    assert all(low <= high for low, high in zip(*WRONG, strict=True))
