"""Drawn films that are cut: what is filmed by which camera, and true tracks that end at cuts."""

import numpy as np
import pytest
from benchmark import players_cut


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
