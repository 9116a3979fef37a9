"""Breaking true tracks: what stays the truth, and how much breaks."""

import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.reid.evaluate.tracker_errors import Breakage, break_tracks
from frameatlas.reid.tracks.mot import Tracks

FRAMES, PEOPLE = 300, 8


@pytest.fixture(scope="module")
def truth():
    """Eight people side by side, moving slowly; the last is away for 50 frames."""
    frame, person = (a.ravel() for a in np.mgrid[1 : FRAMES + 1, 1 : PEOPLE + 1])
    left = 50.0 * person + 20 * np.sin(frame / 30 + person)
    box = np.column_stack([left, np.full(len(left), 10.0), np.full((len(left), 2), (20.0, 40.0))])
    here = (person < PEOPLE) | (frame < 100) | (frame > 150)
    return Tracks(frame, person, box, np.ones(len(frame), np.float32), "a").rows(here)


@pytest.mark.parametrize("share", [0, 0.05, 0.1, 0.2])
def test_as_many_are_switched_as_was_wished(truth, share):
    broken = break_tracks(truth, Breakage(mean_length=80, switches=share))
    tracklets = len(np.unique(broken.tracks.track))
    assert tracklets > PEOPLE
    assert abs(broken.impure - share * tracklets) <= 1.5


def test_boxes_stay_the_true_boxes(truth):
    broken = break_tracks(truth, Breakage(switches=0.2))
    known = {(f, *b): p for f, p, b in zip(truth.frame, truth.track, truth.box, strict=True)}
    for frame, box, person in zip(
        broken.tracks.frame, broken.tracks.box, broken.identity, strict=True
    ):
        assert known[(frame, *box)] == person


def test_a_tracklet_is_at_one_place_at_a_time(truth):
    broken = break_tracks(truth, Breakage(switches=0.2)).tracks
    assert len(np.unique(np.stack([broken.frame, broken.track]), axis=1).T) == len(broken)
    assert (np.diff(broken.frame) >= 0).all()


def test_who_is_away_comes_back_as_another(truth):
    whole = break_tracks(truth, Breakage(mean_length=1e9))
    segments = [
        set(whole.tracks.track[whole.identity == person]) for person in range(1, PEOPLE + 1)
    ]
    assert [len(segment) for segment in segments] == [1] * (PEOPLE - 1) + [2]
    patient = break_tracks(truth, Breakage(mean_length=1e9, patience=60))
    assert len(np.unique(patient.tracks.track)) == PEOPLE


def test_boxes_are_lost_at_each_cut(truth):
    broken = break_tracks(truth, Breakage(mean_length=50, lost=7, patience=100, shortest=1))
    for person in range(1, PEOPLE):
        rows = broken.identity == person
        frames, tracklet = broken.tracks.frame[rows], broken.tracks.track[rows]
        gaps = np.diff(frames)[np.diff(tracklet) != 0]
        assert len(gaps)
        assert (gaps > 7).all()


def test_the_same_seed_breaks_alike(truth):
    first, again = (break_tracks(truth, Breakage(switches=0.1, seed=3)) for _ in range(2))
    other = break_tracks(truth, Breakage(switches=0.1, seed=4))
    assert np.array_equal(first.tracks.track, again.tracks.track)
    assert not np.array_equal(first.tracks.track, other.tracks.track)


def test_nothing_to_break(truth):
    with pytest.raises(InputError, match="none is that long"):
        break_tracks(truth.rows(truth.frame < 3), Breakage())
    with pytest.raises(InputError, match="share of switches"):
        Breakage(switches=1.2)


@pytest.fixture(scope="module")
def shift():
    """One person leaves when another appears a step away; a third walks far from both."""
    rows = [
        *((frame, 1, 100.0 + frame) for frame in range(1, 101)),
        *((frame, 2, 165.0) for frame in range(60, 161)),
        *((frame, 3, 600.0) for frame in range(1, 161)),
    ]
    frame, person, left = (np.array(column) for column in zip(*sorted(rows), strict=True))
    box = np.column_stack([left, np.full(len(left), 10.0), np.full((len(left), 2), (20.0, 40.0))])
    return Tracks(
        frame.astype(np.int64), person.astype(np.int64), box, np.ones(len(frame), np.float32), "a"
    )


def test_a_tracklet_goes_over_to_who_begins_beside_it(shift):
    how = Breakage(mean_length=1e9, takeovers=0.4)
    broken = break_tracks(shift, how)
    assert broken.impure == 1
    over = broken.tracks.track == broken.tracks.track[broken.identity == 2][0]
    frames, person = broken.tracks.frame[over], broken.identity[over]
    assert set(person[frames < 60]) == {1}
    assert set(person[frames >= 60]) == {2}
    assert len(np.unique(frames)) == len(frames) == 160
    left = broken.tracks.frame[~over & (broken.identity == 1)]
    assert (left.min(), left.max()) == (60 + how.lost, 100), "whom it left is found again, later"


def test_nobody_is_taken_over_from_afar_nor_where_none_is_wished(shift):
    far = shift.box.copy()
    far[shift.track == 2, 0] += 100
    away = Tracks(shift.frame, shift.track, far, shift.confidence, "a")
    assert break_tracks(away, Breakage(mean_length=1e9, takeovers=1)).impure == 0
    assert break_tracks(shift, Breakage(mean_length=1e9)).impure == 0
    with pytest.raises(InputError, match="of takeovers between 0 and 1"):
        Breakage(takeovers=-0.1)


def test_takeovers_leave_other_breakages_as_they_were(truth):
    both = break_tracks(truth, Breakage(mean_length=60, switches=0.1, takeovers=0.3, seed=2))
    plain = break_tracks(truth, Breakage(mean_length=60, switches=0.1, seed=2))
    assert both.impure > plain.impure
    known = {(f, *b): p for f, p, b in zip(truth.frame, truth.track, truth.box, strict=True)}
    rows = zip(both.tracks.frame, both.tracks.box, both.identity, strict=True)
    assert all(known[(f, *b)] == p for f, b, p in rows)
    assert len(np.unique(np.stack([both.tracks.frame, both.tracks.track]), axis=1).T) == len(
        both.tracks
    )
