import numpy as np

from frameatlas.geometry.representatives import representative_ranks


def test_ranks_are_an_order_of_all_frames():
    ranks = representative_ranks(np.repeat([0, 1, 4], [7, 1, 30]))
    assert sorted(ranks.tolist()) == list(range(38))


def test_the_middle_of_each_video_comes_before_all_other_frames():
    lengths = [100, 9, 64, 3, 128, 40]
    ranks = representative_ranks(np.repeat(np.arange(6), lengths))
    firsts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    assert sorted(ranks[firsts + np.array(lengths) // 2].tolist()) == [0, 1, 2, 3, 4, 5]


def test_a_long_video_does_not_crowd_out_a_short_one():
    lengths = [1000, 15]
    ranks = representative_ranks(np.repeat([0, 1], lengths))
    assert (ranks[1000:] < 32).all()


def test_first_and_last_frames_come_late():
    ranks = representative_ranks(np.zeros(255, np.int32))
    assert min(ranks[0], ranks[254]) >= 127


def test_moments_are_spread_over_a_video():
    ranks = representative_ranks(np.zeros(1023, np.int32))
    best = np.sort(np.flatnonzero(ranks < 31))
    assert np.ptp(np.diff(best)) <= 1


def test_no_frames_have_no_ranks():
    assert representative_ranks(np.zeros(0, np.int32)).shape == (0,)
