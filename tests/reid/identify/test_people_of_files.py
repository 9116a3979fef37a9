import numpy as np

from frameatlas.players.corrections import Corrections
from frameatlas.reid.crops.people import people_of
from frameatlas.reid.crops.recordings import open_recordings
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.tracks.formats.table import Person


def test_roles_teams_and_numbers_of_a_file_are_passed_on(made_up_game):
    game, person = made_up_game(people=4, shifts=3)
    names = game.tracklets.names
    people = tuple(
        (name, Person("goalkeeper" if who == 0 else "player", "left" if who < 2 else "right", ""))
        for name, who in zip(names, person, strict=True)
    )
    found = identify(game, PlayersOptions(people=people))
    assert [set(found.team[person == who]) for who in range(4)] == [
        set(found.team[person == 0]), set(found.team[person == 0]),
        set(found.team[person == 3]), set(found.team[person == 3]),
    ]  # fmt: skip
    assert set(found.team) == {0, 1}
    keeper = found.player[np.flatnonzero(person == 0)[0]]
    assert found.role_of(keeper) == "goalkeeper"
    assert found.roles.count("player") == 3
    said = Corrections(role=((names[int(np.flatnonzero(person == 0)[0])], "referee"),))
    again = identify(game, PlayersOptions(people=people, corrections=said))
    assert again.role_of(again.player[np.flatnonzero(person == 0)[0]]) == "referee"


def test_two_numbers_of_a_file_are_two_people(made_up_game):
    game, person = made_up_game(people=3, shifts=2)
    one, other = (game.tracklets.names[n] for n in np.flatnonzero(person == 1))
    people = ((one, Person("player", "", "9")), (other, Person("player", "", "10")))
    found = identify(game, PlayersOptions(people=people))
    a, b = np.flatnonzero(person == 1)
    assert found.player[a] != found.player[b]
    assert PlayersOptions(people=people, numbers=((one, "7"),)).known_numbers == ((one, "7"),)


def test_a_soccernet_file_says_who_its_tracks_are(game_file, tmp_path):
    tracks = tmp_path / "gt" / "gt.txt"
    tracks.parent.mkdir()
    tracks.write_text(game_file[1].read_text())
    (tmp_path / "gameinfo.ini").write_text(
        "[Sequence]\ntrackletID_1= player team left;10\ntrackletID_2= goalkeepers team right;x\n"
        "trackletID_3= player team right;7\n"
    )
    people = people_of(open_recordings([game_file[0]], [tracks]))
    assert dict(people)["1"] == Person("player", "left", "10")
    assert dict(people)["2"].role == "goalkeeper"
    assert dict(people)["3"].number == "7"
