from dataclasses import replace

import numpy as np
import pytest

from frameatlas.reid.identify.id_switches import LEAST_SIDE, find_cuts
from frameatlas.reid.identify.normalise import normalise
from frameatlas.reid.identify.options import PlayersOptions


def exchanged(game, one, two, begin, end=None):
    """The game as a tracker gives it that takes two people for each other from crop to crop."""
    features, colour = np.array(game.features), np.array(game.colour)
    first = np.flatnonzero(game.tracklet == one)[begin:end]
    second = np.flatnonzero(game.tracklet == two)[begin:end]
    for rows in (features, colour):
        rows[np.r_[first, second]] = rows[np.r_[second, first]]
    return replace(game, features=features, colour=colour)


def cuts_of(game, kept_whole=()):
    return find_cuts(game, normalise(game, PlayersOptions()), kept_whole)


def frames(game, tracklet):
    return game.frame[game.tracklet == tracklet]


@pytest.mark.parametrize("begin", [LEAST_SIDE, 5, 12 - LEAST_SIDE])
def test_two_who_were_exchanged_are_cut_where_it_happened(made_up_game, begin):
    game, _ = made_up_game()
    found = cuts_of(exchanged(game, 8, 9, begin))
    assert [tracklet for tracklet, _ in found] == [8, 9]
    assert found[0][1] == found[1][1]
    assert frames(game, 8)[begin - 1] < found[0][1] <= frames(game, 8)[begin]


def test_who_is_exchanged_and_back_is_cut_twice(made_up_game):
    game, _ = made_up_game(crops=20)
    found = cuts_of(exchanged(game, 8, 9, 6, 14))
    assert [tracklet for tracklet, _ in found] == [8, 8, 9, 9]
    own = [np.searchsorted(frames(game, 8), frame) for tracklet, frame in found if tracklet == 8]
    assert own == [6, 14]


def test_nobody_is_cut_where_nobody_was_exchanged(made_up_game):
    for seed in range(5):
        assert cuts_of(made_up_game(seed=seed)[0]) == []


def test_one_crop_says_too_little(made_up_game):
    game, _ = made_up_game()
    assert cuts_of(exchanged(game, 8, 9, 11)) == []


def test_only_those_who_come_near_each_other_are_exchanged(made_up_game):
    game, _ = made_up_game()
    # The first and the third stand 200 pixels apart, at 90 pixels of height.
    assert cuts_of(exchanged(game, 6, 8, 5)) == []
    box = game.tracklets.row_box * [0.5, 1, 1, 1]
    nearer = replace(game, tracklets=replace(game.tracklets, row_box=box))
    assert [tracklet for tracklet, _ in cuts_of(exchanged(nearer, 6, 8, 5))] == [6, 8]


def test_the_other_camera_is_not_the_same_moment(made_up_game):
    game, _ = made_up_game()
    later = game.tracklets.row_tracklet == 9
    moved = np.where(later, game.tracklets.row_frame + 1000, game.tracklets.row_frame)
    frame = np.where(game.tracklet == 9, game.frame + 1000, game.frame)
    apart = replace(game, frame=frame, tracklets=replace(game.tracklets, row_frame=moved))
    assert cuts_of(exchanged(apart, 8, 9, 5)) == []
    sequence = np.where(np.arange(len(game.tracklets)) == 9, 1, 0)
    other = replace(game, tracklets=replace(game.tracklets, sequence=sequence))
    assert cuts_of(exchanged(other, 8, 9, 5)) == []


def test_what_is_kept_whole_is_not_cut(made_up_game):
    game, _ = made_up_game()
    assert cuts_of(exchanged(game, 8, 9, 5), [9]) == []


def test_crops_that_count_nothing_decide_nothing(made_up_game):
    game, _ = made_up_game()
    assert cuts_of(replace(exchanged(game, 8, 9, 5), quality=np.zeros(len(game), np.float32))) == []
