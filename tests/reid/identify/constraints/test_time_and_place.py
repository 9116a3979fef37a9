"""Nobody is in two places, or runs that fast; synchronised cameras forbid, too."""

from dataclasses import replace

import numpy as np
import pytest

from frameatlas.reid.identify.constraints.time_and_place import in_two_videos, too_fast
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.tracks.segments import Segmentation
from frameatlas.reid.tracks.tracklets import Tracklets


@pytest.fixture
def banned(tracks_of):
    """``banned(walk, …, rate=25, most=7)``: pairs of walks that cannot be one person.

    A walk is (first frame, last frame, x at the first, x at the last); people are 100 high.
    """

    def find(*walks, rate=25.0, most=7.0):
        rows = [
            (frame, number + 1, x, 50.0, 40.0, 100.0)
            for number, (first, last, begin, end) in enumerate(walks)
            for frame, x in zip(
                range(first, last + 1), np.linspace(begin, end, last - first + 1), strict=True
            )
        ]
        rows.sort()
        tracklets = Tracklets.of([tracks_of(*rows)], [rate])
        return {
            (int(a) + 1, int(b) + 1)
            for a, b in np.argwhere(np.triu(too_fast(tracklets, whole(tracklets), most)))
        }

    return find


def whole(tracklets):
    number = np.arange(len(tracklets))
    frames = [tracklets.row_frame[tracklets.row_tracklet == n] for n in number]
    first, last = (np.array([f(own) for own in frames]) for f in (np.min, np.max))
    return Segmentation(
        number, first, last, tracklets.names, tracklets.row_tracklet, np.zeros(0, np.int64)
    )


WITNESS = (1, 200, 500, 520)
"""Somebody who is seen all the time, and hardly moves: no cut, no pan."""


def test_who_would_have_to_run_too_fast_is_two_people(banned):
    early, near, far = (1, 50, 0, 0), (53, 90, 60, 60), (53, 90, 900, 900)
    assert banned(early, near, far, WITNESS) == {(1, 3)}
    later = (88, 120, 900, 900)  # 38 frames later: 11 heights, as far as somebody runs
    assert banned(early, later, WITNESS) == set()
    assert banned(early, later, WITNESS, rate=60) == {(1, 2)}
    assert banned(early, later, WITNESS, most=5) == {(1, 2)}


def test_one_common_frame_far_apart_is_two_people_and_near_is_a_handing_over(banned):
    assert banned((1, 50, 0, 0), (50, 90, 300, 300), WITNESS) == {(1, 2)}
    assert banned((1, 50, 0, 0), (50, 90, 40, 40), WITNESS) == set()


def test_after_a_cut_or_in_a_pan_anybody_may_be_anywhere(banned):
    early, far = (1, 50, 0, 0), (53, 90, 900, 900)
    assert banned(early, far) == set(), "nobody shows that the camera was not cut"
    assert banned(early, far, (1, 200, 3000, -1000)) == {(1, 2)}, "a slow pan explains little"
    leaping = [(1, 51, 0, 0), (52, 90, 900, 900)]
    assert banned(early, far, (1, 50, 500, 500), (51, 90, 1300, 1300)) == set()
    assert banned(*leaping, (1, 90, 500, 500 + 89 * 1000)) == set(), "a pan of 1000 pixels a frame"


def test_after_more_than_two_seconds_nothing_is_said(banned):
    assert banned((1, 50, 0, 0), (110, 150, 9000, 9000), WITNESS) == set()


def test_videos_of_one_time_forbid(tracks_of):
    def seen(first, last, camera):
        rows = [(frame, 1, 10.0, 50.0, 40.0, 100.0) for frame in range(first, last + 1)]
        return tracks_of(*rows, camera=camera)

    files = [seen(1, 50, "a"), seen(26, 50, "b"), seen(101, 150, "c")]
    tracklets = Tracklets.of(files, [25.0, 25.0, 50.0])
    ban = in_two_videos(tracklets, whole(tracklets))
    assert np.argwhere(np.triu(ban)).tolist() == [[0, 1]], "c is seen from the third second on"
    slower = in_two_videos(replace(tracklets, rates=(25.0, 5.0, 50.0)), whole(tracklets))
    assert np.argwhere(np.triu(slower)).tolist() == [], "b is seen from the sixth second on"


def test_the_options_reach_the_players(made_up_game):
    game, _ = made_up_game(people=6, shifts=2, cameras=2)
    one = identify(game, PlayersOptions(count=6))
    assert one.count == 6
    begins = game.tracklets.row_frame.copy()
    shifted = game.tracklets.sequence[game.tracklets.row_tracklet] == 1
    begins[shifted] -= begins[shifted].min() - 1
    frame = game.frame.copy()
    own = game.tracklets.sequence[game.tracklet] == 1
    frame[own] -= frame[own].min() - 1
    together = replace(game, frame=frame, tracklets=replace(game.tracklets, row_frame=begins))
    assert identify(together, PlayersOptions(together=True)).count == 12
    free = identify(together, PlayersOptions(together=True, cannot_link=False, count=6))
    assert free.count == 6
