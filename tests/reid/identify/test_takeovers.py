from dataclasses import replace

import numpy as np
import pytest

from frameatlas.reid.identify.id_switches import find_cuts
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.normalise import normalise
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.identify.takeovers import LEAST_SIDE, Usual, find_takeovers


def taken_over(game, tracklet, by, begin, end=None):
    """The game where a tracklet goes on with somebody whose own crops are of another time."""
    features, colour = np.array(game.features), np.array(game.colour)
    own = np.flatnonzero(game.tracklet == tracklet)[begin:end]
    other = np.flatnonzero(game.tracklet == by)[begin:end]
    for rows in (features, colour):
        rows[own] = rows[other]
    return replace(game, features=features, colour=colour)


def takeovers_of(game, cuts=(), kept_whole=()):
    return find_takeovers(game, normalise(game, PlayersOptions()), cuts, kept_whole)


def frames(game, tracklet):
    return game.frame[game.tracklet == tracklet]


@pytest.mark.parametrize("begin", [LEAST_SIDE, 6, 12 - LEAST_SIDE])
def test_who_takes_up_somebody_without_a_tracklet_is_cut_there(made_up_game, begin):
    game, _ = made_up_game()
    broken = taken_over(game, 8, 16, begin)  # the third of six, and the fifth a shift later
    assert find_cuts(broken, normalise(broken, PlayersOptions())) == []
    assert takeovers_of(broken) == [(8, int(frames(game, 8)[begin]))]


def test_who_is_left_again_is_cut_twice(made_up_game):
    game, _ = made_up_game(crops=24)
    broken = taken_over(game, 8, 16, 8, 16)
    assert takeovers_of(broken) == [(8, int(frames(game, 8)[place])) for place in (8, 16)]


def test_nobody_is_cut_who_stays_the_same(made_up_game):
    for seed in range(5):
        assert takeovers_of(made_up_game(seed=seed)[0]) == []


def test_a_few_crops_of_somebody_else_say_too_little(made_up_game):
    game, _ = made_up_game()
    assert takeovers_of(taken_over(game, 8, 16, 12 - LEAST_SIDE + 2)) == []


def test_what_is_kept_whole_or_cut_already_is_not_cut(made_up_game):
    game, _ = made_up_game()
    broken = taken_over(game, 8, 16, 6)
    assert takeovers_of(broken, kept_whole=[8]) == []
    assert takeovers_of(broken, cuts=[(8, int(frames(game, 8)[6]))]) == []


def test_a_game_of_one_tracklet_at_a_time_tells_nothing(made_up_game):
    game, _ = made_up_game(people=1, shifts=6)
    assert takeovers_of(taken_over(game, 2, 4, 6)) == []


def test_where_two_people_look_alike_nothing_is_cut():
    alike = Usual(same=0.5, same_spread=0.2, different=0.55, different_spread=0.2)
    apart = Usual(same=0.4, same_spread=0.1, different=1.0, different_spread=0.15)
    assert not alike.two_people(0.9)
    assert apart.two_people(0.9)
    assert not apart.two_people(0.6)


def test_both_people_of_a_tracklet_come_to_their_own(made_up_game):
    game, _ = made_up_game(crops=16)
    found = identify(taken_over(game, 8, 16, 8))
    pieces = np.flatnonzero(found.segments.tracklet == 8)
    assert len(pieces) == 2
    first, second = found.segments.player[pieces]
    assert first == found.player[2]
    assert second == found.player[16]
    whole = identify(taken_over(game, 8, 16, 8), PlayersOptions(split=False))
    assert len(np.flatnonzero(whole.segments.tracklet == 8)) == 1
