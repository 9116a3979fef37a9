"""Drawn films that are cut: what is filmed by which camera, and true tracks that end at cuts."""

import json

import numpy as np
import pytest
from benchmark import players_crops, players_cut, report


@pytest.mark.parametrize(("film", "cameras"), [("evening", 2), ("jump", 1)])
def test_tracks_end_at_cuts(film, cameras):
    game, shots = players_cut.drawn(film, 3)
    filmed, camera = players_cut.film_of(game, shots, film)
    assert len(set(camera.tolist())) == cameras
    assert len(camera) == sum(shot.stop - shot.first for shot in shots)
    shot = np.repeat(np.arange(len(shots)), [shot.stop - shot.first for shot in shots])
    for track in np.unique(filmed.boxes.track)[::9]:
        own = filmed.boxes.track == track
        assert len(set(shot[filmed.boxes.frame[own] - 1].tolist())) == 1
        assert len(set(filmed.identity[own].tolist())) == 1


def test_a_picture_is_of_the_camera_of_its_shot():
    game, shots = players_cut.drawn("jump", 3)
    begin = shots[0].stop - shots[0].first
    (shown,) = players_cut.CutPictures(game, shots).pictures([begin + 1])
    np.testing.assert_array_equal(shown.pixels, game.picture(shots[1].camera, shots[1].first + 1))


def measured(film, seed, *_):
    row = {"film": film, "seed": seed, "people": 25, "tracklets": 88, "shots": 4, "cameras": 2}
    found = {"one": 0.5, "one_people": 40, "found": 0.9, "found_people": 25}
    return row | {"cameras_found": 2} | found | {"known": 0.9, "known_people": 25}


def test_the_page_has_the_films_that_nothing_was_decided_on(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(players_cut, "measure", measured)
    assert players_cut.main(["--fresh", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    films = [(row["film"], row["seed"]) for row in made["rows"]]
    assert films == [("evening", 11), ("evening", 12), ("ten", 3), ("close", 3)]
    assert not any(seed in players_cut.CHOSEN_ON[film] for film, seed in films)
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- figures: machine -->\n<!-- end -->\n<!-- figures: players_cut -->\n<!-- end -->\n"
    )
    monkeypatch.setattr(report, "measured", lambda name, options: report.Run(
        name, options, made, 1.0, 1.0, None
    ))  # fmt: skip
    assert report.run([report.Asked("players_cut", ["--fresh"])], page) == 0
    assert "| ten     | 3    | 25" in page.read_text()
    assert "pictures of 299 pixels" in page.read_text()
    assert players_cut.main(["--film", "jump", "--seed", "9", "--small"]) == 0
    assert "| jump " in (said := capsys.readouterr().out)
    assert "pictures of 128 pixels" in said


def test_what_two_networks_say_is_kept_apart(monkeypatch, tmp_path):
    filmed, _ = players_cut.film_of(*players_cut.drawn("jump", 3), "jump")
    usual, small = (lambda pixels, _, says=says: np.full((len(pixels), 4), says) for says in (1, 2))
    monkeypatch.setattr(players_crops, "small", small)
    for network, says in ((usual, 1), (small, 2), (usual, 1)):
        described = players_crops.describe(filmed, np.arange(3), network, tmp_path)
        assert set(described.features.ravel().tolist()) == {says}
