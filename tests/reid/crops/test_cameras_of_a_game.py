"""Cameras of shots through the whole search: people are known again after a cut."""

import json
from dataclasses import replace

import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.reid.crops.cut_films import tell_cameras
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.normalise import groups
from frameatlas.reid.identify.options import PlayersOptions


@pytest.fixture
def cut_game(made_up_game):
    """A game of six shots of two cameras in turn, the light of every crop, and who is who."""
    game, person = made_up_game(people=8, shifts=6, spread=1.0)
    random = np.random.default_rng(5)
    camera = np.arange(len(person)) // 8 % 2
    cast = 12 * random.normal(size=game.features.shape[1])
    features = game.features + camera[game.tracklet, None] * cast
    light = random.normal(0, 0.03, (len(game), 3)) - 0.4 * camera[game.tracklet, None]
    return replace(game, features=features.astype(np.float32)), light, person, camera


def wrong_pairs(found, person):
    same = found.player[:, None] == found.player
    return int((same != (person[:, None] == person)).sum()) // 2


def test_people_are_known_again_in_another_light(cut_game):
    game, light, person, camera = cut_game
    told, (shots,) = tell_cameras(game, ["game"], lambda crop: light[crop])
    assert (told.tracklets.camera == camera).all()
    assert shots.camera.tolist() == [0, 1] * 3
    before, after = identify(game), identify(told)
    assert after.count == 8 < before.count
    assert wrong_pairs(after, person) == 0 < wrong_pairs(before, person)
    assert any("2 cameras is made alike" in note for note in after.notes)


def test_the_smallest_cameras_of_a_film_are_taken_together(cut_game):
    game, *_ = cut_game
    tracklets = game.tracklets
    camera = np.minimum(np.arange(len(tracklets)) // 8, 2)
    camera[:2], camera[2:5] = 3, 4
    small = replace(tracklets, camera=camera, cameras=tuple("abcde"))
    found = groups(replace(game, tracklets=small), PlayersOptions())
    which = {number: set(found[camera[game.tracklet] == number].tolist()) for number in range(5)}
    assert which[0] == which[3] == which[4]
    assert len(set.union(*which.values())) == 3


def shots_in(folder):
    return json.loads((folder / "players.json").read_text())["recordings"][0]["shots"]


def test_shots_of_one_camera_change_nothing(players, game_file, known):
    assert shots_in(known) == [[1, 1], [31, 1]]
    before = (known / "players.csv").read_bytes(), (known / "crops.h5").read_bytes()
    players(game_file[0], "--tracks", game_file[1], "--cameras", 1)
    assert ((known / "players.csv").read_bytes(), (known / "crops.h5").read_bytes()) == before
    assert shots_in(known) == []


def test_a_number_of_cameras_is_said_and_kept(players, game_file, known):
    said = players(game_file[0], "--tracks", game_file[1], "--cameras", 2)
    assert "2 shots of 2 cameras" in said.output
    assert shots_in(known) == [[1, 1], [31, 2]]
    assert json.loads((known / "players.json").read_text())["settings"]["cameras"] == 2
    said = players(game_file[0], "--tracks", game_file[1], "--cameras", 3)
    assert (
        "at least 3 shots for --cameras 3. Received: 2 by its tracks; it counts as 2 cameras"
        in (" ".join(said.output.split()))
    )
    assert shots_in(known) == [[1, 1], [31, 2]]
    refused = players(game_file[0], "--tracks", game_file[1], "--cameras", 0, fails=True)
    assert isinstance(refused.exception, InputError)
    assert "--cameras between 1 and 1000" in str(refused.exception)
