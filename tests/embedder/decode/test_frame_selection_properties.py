"""Which frames are kept, for any times; and moments as they are written."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameatlas.clock import clock
from frameatlas.embedder.decode.frame_selection import KeepRule, standing_frames
from frameatlas.embedder.media.frame_size import frame_size
from frameatlas.handover.timecode import Timebase
from frameatlas.search.frame_reference import format_timestamp, parse_timestamp

BOUNDED = settings(max_examples=80, deadline=None, derandomize=True)
BASE = Fraction(1, 90_000)
TICKS = st.lists(st.integers(0, 90_000 * 60), min_size=1, max_size=60).map(sorted)
RATES = st.sampled_from([0.5, 1.0, 3.0, 5.0, 12.5, 25.0])


@given(TICKS, RATES)
@BOUNDED
def test_the_first_frame_of_each_interval_is_kept_and_no_other(ticks, fps):
    times = [float(tick * BASE) for tick in ticks]
    rule = KeepRule(fps, times[0], BASE)
    kept = rule.kept(times)
    assert kept[0] == times[0]
    assert set(kept) <= set(times)
    intervals = [rule.interval(seconds) for seconds in kept]
    assert intervals == sorted(set(map(rule.interval, times)))
    firsts = {}
    for seconds in times:
        firsts.setdefault(rule.interval(seconds), seconds)
    assert kept == list(firsts.values())


@given(TICKS, RATES, st.integers(1, 59))
@BOUNDED
def test_a_run_that_goes_on_midway_keeps_the_same(ticks, fps, cut):
    times = [float(tick * BASE) for tick in ticks]
    rule = KeepRule(fps, times[0], BASE)
    whole, before = rule.kept(times), rule.kept(times[:cut])
    rest = list(before)
    for seconds in times[cut:]:
        if rule.keeps(seconds, rest[-1]):
            rest.append(seconds)
    assert rest == whole


@given(TICKS, RATES)
@BOUNDED
def test_frames_that_stand_still_are_frames_and_are_kept(ticks, fps):
    times = sorted({float(tick * BASE) for tick in ticks})
    rule = KeepRule(fps, times[0], BASE)
    standing = standing_frames(rule, times)
    assert set(standing) <= set(times[1:-1])
    kept = KeepRule(fps, times[0], BASE, standing).kept(times)
    assert set(standing) <= set(kept)
    assert set(rule.kept(times)) - set(kept) == set() or standing


@given(st.integers(0, 24 * 3600 * 120), st.integers(1, 120))
@BOUNDED
def test_a_timecode_counts_frames(frames, count):
    timecode = Timebase(Fraction(count)).timecode
    hours, minutes, seconds, rest = map(int, timecode(frames).split(":"))
    day = 24 * 3600 * count
    assert ((hours * 60 + minutes) * 60 + seconds) * count + rest == frames % day
    assert timecode(frames + day) == timecode(frames)
    assert minutes < 60
    assert seconds < 60
    assert rest < count


@given(st.floats(-1e6, 1e6))
@BOUNDED
def test_a_clock_tells_hundredths(seconds):
    text = clock(seconds, 2, hours=True)
    sign = -1 if text.startswith("-") else 1
    hours, minutes, rest = text.lstrip("-").split(":")
    told = sign * (3600 * int(hours) + 60 * int(minutes) + float(rest))
    assert told == pytest.approx(seconds, abs=0.00501)


@given(st.fractions(0, 10_000, max_denominator=90_000))
@BOUNDED
def test_an_exact_moment_is_read_again_to_a_tenth(moment):
    read = parse_timestamp(format_timestamp(float(moment)))
    assert read is not None
    assert abs(Fraction(read) - moment) <= Fraction(51, 1000)


@given(st.integers(1, 20_000), st.integers(1, 20_000), st.integers(1, 2000))
@BOUNDED
def test_frames_keep_the_shape_of_their_picture(width, height, short):
    wide, high = frame_size(width, height, short)
    assert min(wide, high) >= 1
    assert (wide >= high) == (width >= height) or abs(wide - high) <= 2
