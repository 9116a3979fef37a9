from fractions import Fraction

import pytest

from frameatlas.embedder.decode.frame_selection import KeepRule, standing_frames


def kept(times, fps=3.0, start=0.0, time_base=Fraction(1, 90_000)):
    return KeepRule(fps, start, time_base).kept(times)


def test_the_first_frame_of_each_interval_is_kept():
    assert kept([i / 30 for i in range(30)]) == [0, 10 / 30, 20 / 30]


def test_rounded_times_do_not_shift_the_choice():
    milliseconds = [round(1000 * i / 30) / 1000 for i in range(60)]
    assert kept(milliseconds, time_base=Fraction(1, 1000)) == [0, 0.333, 0.667, 1, 1.333, 1.667]


def test_a_late_frame_does_not_shift_those_after_it():
    assert kept([0, 0.5, 0.66, 0.7, 1.0]) == [0, 0.5, 0.7, 1.0]


def test_intervals_count_from_the_first_frame():
    assert kept([5.1, 5.3, 5.43, 5.44, 5.8], start=5.1) == [5.1, 5.44, 5.8]


def test_slower_videos_keep_every_frame():
    assert kept([0.0, 1.0, 2.0]) == [0.0, 1.0, 2.0]


def test_a_jump_back_begins_again_and_a_frame_out_of_order_does_not():
    assert kept([0, 0.4, 0.3, 10, 2, 2.1, 2.4]) == [0, 0.4, 10, 2, 2.4]


@pytest.mark.parametrize(("duration", "stub"), [(10.1, True), (10.2, False), (10.0, True)])
def test_a_last_interval_less_than_half_filled_is_a_stub(duration, stub):
    rule = KeepRule(3, 0, Fraction(1, 1000))
    assert rule.is_stub(10.0, duration) is stub
    assert not rule.is_stub(9.67, duration)


def test_the_only_frame_is_no_stub():
    assert not KeepRule(3, 0, Fraction(1, 1000)).is_stub(0, 0.04)


def test_a_frame_that_stands_for_a_minute_is_found():
    rule = KeepRule(3, 0, Fraction(1, 1000))
    times = [0, 0.1, 0.2, 60.0, 60.1, 60.5]
    assert standing_frames(rule, times) == (0.2,)
    with_it = KeepRule(3, 0, Fraction(1, 1000), standing=(0.2,))
    assert with_it.keeps(0.2, 0.0)
    assert not with_it.keeps(0.1, 0.0)
    assert with_it.kept(times) == [0, 0.2, 60.0, 60.5]


def test_constant_rates_have_no_standing_frames():
    rule = KeepRule(3, 0, Fraction(1, 1000))
    for rate in (1, 2, 3, 5, 12.5, 30):
        assert standing_frames(rule, [i / rate for i in range(100)]) == ()
