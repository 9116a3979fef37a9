"""Shots by the tracklets alone: who goes on shows that there was no cut."""

import numpy as np

from frameatlas.reid.tracks.shots import first_frames


def spans(*pairs):
    return (np.array(column, np.int64) for column in zip(*pairs, strict=True))


def test_a_shot_ends_where_nobody_goes_on():
    first, last = spans((1, 40), (3, 38), (41, 80), (45, 80), (90, 99))
    assert first_frames(first, last).tolist() == [41, 90]


def test_who_goes_on_holds_a_shot_together():
    first, last = spans((1, 40), (3, 80), (41, 80), (45, 90))
    assert first_frames(first, last).tolist() == []


def test_one_whom_a_tracker_leads_over_a_cut_hides_none():
    shot = [(1, 40 - k % 2) for k in range(8)] + [(41 + k % 3, 80) for k in range(8)]
    first, last = spans((20, 60), *shot)
    assert first_frames(first, last).tolist() == [41]
    first, last = spans((20, 60), (21, 60), (22, 60), *shot)
    assert first_frames(first, last).tolist() == []


def test_people_who_come_and_go_are_no_cut():
    random = np.random.default_rng(0)
    first = np.sort(random.integers(1, 900, 80))
    last = first + random.integers(60, 200, 80)
    assert first_frames(first, last).tolist() == []
