"""Jersey numbers as constraints, and small clusters that move past a short ban."""

import numpy as np
import pytest

from frameatlas.errors import FrameatlasError, InputError
from frameatlas.players.corrections import Corrections
from frameatlas.reid.identify.constraints.jersey_numbers import number_groups, read_numbers
from frameatlas.reid.identify.constraints.teams import teams_apart
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.identify.reassign import repair


def test_a_file_of_numbers(tmp_path):
    path = tmp_path / "numbers.csv"
    path.write_text("tracklet,number\n3,9\n\n17,\n west:4 , 10 \n3,9\n")
    assert read_numbers(path) == (("3", "9"), ("west:4", "10"))
    for wrong in ("3\n", ",9\n", "3,9\n3,8\n"):
        path.write_text(wrong)
        with pytest.raises(InputError, match="for example 17,9"):
            read_numbers(path)
    path.write_text("3" * 200_000 + ",9\n")
    with pytest.raises(InputError, match="larger than field limit"):
        read_numbers(path)
    with pytest.raises(FrameatlasError):
        read_numbers(tmp_path / "missing.csv")


def test_another_number_is_another_person(made_up_game):
    game, person = made_up_game(spread=0.3)
    one, same = np.flatnonzero(person == 0)[:2]
    names = game.tracklets.names
    assert identify(game).player[one] == identify(game).player[same]
    apart = PlayersOptions(numbers=((names[one], "9"), (names[same], "10")))
    found = identify(game, apart)
    assert found.player[one] != found.player[same]
    merged = PlayersOptions(
        numbers=apart.numbers, corrections=Corrections(merge=((names[one], names[same]),))
    )
    found = identify(game, merged)
    assert found.player[one] == found.player[same], "the user is stronger than a number"
    with pytest.raises(InputError, match="--numbers to name tracklets"):
        identify(game, PlayersOptions(numbers=(("nobody", "9"),)))


def test_one_number_of_one_team_is_one_person_unless_seen_together():
    known = np.array([0, 0, 0, 1, -1, 0])
    team = np.array([0, 0, 1, 0, 0, -1])
    apart = np.zeros((6, 6), bool)
    alone = np.arange(6)
    groups = number_groups(known, team, apart, alone)
    assert groups[0] == groups[1]
    assert len(set(groups.tolist())) == 5  # another team, another number, none, no team
    apart[0, 1] = apart[1, 0] = True
    assert len(set(number_groups(known, team, apart, alone).tolist())) == 6
    apart[:] = False
    apart[1, 4] = apart[4, 1] = True
    tied = np.array([0, 1, 2, 3, 0, 5])  # somebody who was seen with the second is the first
    assert number_groups(known, team, apart, tied)[1] != number_groups(known, team, apart, tied)[0]


def test_teams_are_apart_only_where_both_are_sure():
    apart = teams_apart(np.array([0, 1, 1, -1]), np.array([0.99, 0.99, 0.9, 1.0]))
    assert apart.tolist() == [
        [False, True, False, False],
        [True, False, False, False],
        [False] * 4,
        [False] * 4,
    ]


@pytest.mark.parametrize(
    ("frames", "blockers", "moves"), [(3, 1, True), (5, 1, False), (2, 2, False), (0, 1, False)]
)
def test_a_small_cluster_moves_past_a_short_ban(frames, blockers, moves):
    label = np.array([0, 0, 1, 1, 2])
    distance = np.full((5, 5), 0.9)
    distance[4, :2] = distance[:2, 4] = 0.1
    banned, common = np.zeros((5, 5), bool), np.zeros((5, 5), int)
    for member in range(blockers):
        banned[member, 4] = banned[4, member] = True
        common[member, 4] = common[4, member] = frames
    small = np.array([False, False, True])
    found = repair(label, small, distance, np.ones(5), banned, common, 0.5)
    assert found.tolist() == ([0, 0, 1, 1, 0] if moves else label.tolist())
    far = repair(label, small, distance, np.ones(5), banned, common, 0.05)
    assert far.tolist() == label.tolist()


def test_a_camera_of_few_tracklets_is_not_normalised(made_up_game):
    few, _ = made_up_game(people=4, shifts=4, cameras=2)
    found = identify(few)
    assert any("too few tracklets to tell its light" in note for note in found.notes)
    enough, _ = made_up_game(people=6, shifts=4, cameras=2)
    notes = " ".join(identify(enough).notes)
    assert "The light of 2 cameras is made alike; tracklets in each: 12, 12." in notes
    asked = " ".join(identify(few, PlayersOptions(segments=2)).notes)
    assert "blocks of time" in asked
