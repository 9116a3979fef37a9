"""Cameras that show colours otherwise: their casts are found by the people, and taken out."""

from dataclasses import replace

import numpy as np
import pytest

from frameatlas.reid.crops.colour_histogram import COLOURS, lab_of, rgb_of, torso_colour
from frameatlas.reid.identify.camera_casts import in_one_light, without_casts
from frameatlas.reid.identify.options import PlayersOptions

CAST = np.array([0.6, 0.85, 1.15])


@pytest.fixture(scope="module")
def shirts():
    """``shirts(cast)``: of 40 people and two cameras: colours, cameras, tracklets."""

    def make(cast):
        random = np.random.default_rng(0)
        shirts = random.integers(40, 210, (40, 3))
        rows, camera, tracklet = [], [], []
        for number in (0, 1):
            for person, shirt in enumerate(shirts):
                for _ in range(5):
                    pixels = shirt * (cast if number else 1) + random.normal(0, 9, (32, 16, 3))
                    rows.append(torso_colour(np.clip(pixels, 0, 255).astype(np.uint8)))
                    camera.append(number)
                    tracklet.append(40 * number + person)
        return np.stack(rows), np.array(camera), np.array(tracklet)

    return make


def agreement(colour):
    """How alike a person's colours of both cameras are, and how alike other people's."""
    first, second = (part.reshape(40, 5, -1).mean(axis=1) for part in np.split(colour, 2))
    alike = first @ second.T
    return np.diag(alike).mean(), alike[~np.eye(40, dtype=bool)].mean()


def test_colours_go_to_lab_and_back():
    rgb = np.random.default_rng(0).uniform(0, 1, (50, 3))
    np.testing.assert_allclose(rgb_of(lab_of(rgb)), rgb, atol=1e-3)


def test_a_cast_is_taken_out(shirts):
    colour, camera, tracklet = shirts(CAST)
    before, others_before = agreement(colour)
    after, others = agreement(without_casts(colour, camera, tracklet))
    assert before < 0.75
    assert after > before + 0.1
    assert after - others > before - others_before + 0.05
    lengths = np.linalg.norm(without_casts(colour, camera, tracklet), axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-5)


def test_where_there_is_no_cast_colours_stay(shirts):
    colour, camera, tracklet = shirts(1.0)
    np.testing.assert_allclose(without_casts(colour, camera, tracklet), colour, atol=0.02)


def test_only_cameras_that_are_made_alike_are_changed(made_up_game):
    game, _ = made_up_game(shifts=8, cameras=2)
    assert in_one_light(game, PlayersOptions()) is game, "these are no histograms of torsos"
    random = np.random.default_rng(0)
    colour = np.abs(random.normal(size=(len(game), COLOURS))).astype(np.float32)
    game = replace(game, colour=colour)
    assert in_one_light(game, PlayersOptions(casts=False)) is game
    assert in_one_light(game, PlayersOptions(normalise=False)) is game
    assert in_one_light(game, PlayersOptions()) is not game
    alone, _ = made_up_game()
    assert in_one_light(alone, PlayersOptions()) is alone, "one camera has nothing to be like"
