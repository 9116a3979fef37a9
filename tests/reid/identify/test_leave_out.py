import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.players.corrections import Corrections
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.identities import IGNORED
from frameatlas.reid.identify.options import PlayersOptions


def found_with(game, **corrections):
    return identify(game, PlayersOptions(corrections=Corrections(**corrections)))


def test_an_ignored_tracklet_is_in_no_player_and_no_count(made_up_game):
    game, person = made_up_game(people=5, shifts=4)
    before = identify(game)
    names = [name for name, who in zip(game.tracklets.names, person, strict=True) if who == 2]
    after = found_with(game, ignore=tuple(names))
    gone = person == 2
    assert (before.count, before.least_count) == (5, 5)
    assert (after.count, after.least_count) == (4, 4)
    assert (after.player[gone] == IGNORED).all()
    assert (after.player[~gone] >= 0).all()
    assert len(after.player) == len(game.tracklets)
    assert not {one.tracklet for one in after.decisions} & set(names)
    for number in range(4):
        assert len(set(person[after.player == number])) == 1


def test_of_a_tracklet_that_was_cut_one_part_is_ignored(made_up_game):
    game, _ = made_up_game(people=4, shifts=3)
    name = game.tracklets.names[1]
    frames = game.tracklets.row_frame[game.tracklets.row_tracklet == 1]
    cut = int(frames[40])
    later = found_with(game, split=((name, cut),), ignore=(f"{name}@{cut}",))
    own = np.flatnonzero(later.segments.tracklet == 1)
    assert later.segments.first[own].tolist() == [frames[0], cut]
    assert later.segments.player[own[1]] == IGNORED
    assert later.segments.player[own[0]] == later.player[1] >= 0
    first = found_with(
        game,
        split=((name, cut),),
        ignore=(name,),
        merge=((f"{name}@{cut}", game.tracklets.names[2]),),
    )
    own = np.flatnonzero(first.segments.tracklet == 1)
    assert first.segments.player[own[0]] == IGNORED
    assert first.segments.player[own[1]] == first.player[2]


def test_other_corrections_hold_beside_it(made_up_game):
    game, _ = made_up_game(people=4, shifts=3)
    a, b, c = game.tracklets.names[:3]
    found = found_with(game, ignore=(a,), merge=((a, b, c),), rename=((b, "Anna"), (a, "Zoe")))
    assert found.player[1] == found.player[2]
    assert found.names[found.player[1]] == "Anna"
    assert "Zoe" not in found.names


def test_ignoring_nobody_known_or_everybody_is_one_sentence(made_up_game):
    game, _ = made_up_game(people=3, shifts=2)
    with pytest.raises(InputError, match=r"ignore to name tracklets.*'77'"):
        found_with(game, ignore=("77",))
    with pytest.raises(InputError, match="somebody who is not ignored"):
        found_with(game, ignore=game.tracklets.names)


def test_roles_are_of_players(made_up_game):
    game, _ = made_up_game(people=4, shifts=3)
    one, two = game.tracklets.names[0], game.tracklets.names[1]
    found = found_with(game, role=((one, "referee"),))
    assert found.role_of(found.player[0]) == "referee"
    assert [found.role_of(n) for n in range(found.count)].count("") == 3
    with pytest.raises(InputError, match="one role"):
        found_with(game, merge=((one, two),), role=((one, "referee"), (two, "ball")))
