"""Who wears neither team's kit is asked about, and not decided."""

from dataclasses import replace

import numpy as np

from frameatlas.players.corrections import Corrections
from frameatlas.reid.crops.colour_histogram import torso_colour
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.kits import kit_note, other_kits
from frameatlas.reid.identify.options import PlayersOptions

RED, BLUE, YELLOW, BLACK = (200, 30, 30), (30, 60, 200), (230, 230, 60), (20, 20, 20)


def shirts(*colours, crops=4, noise=12):
    random = np.random.default_rng(0)
    return np.stack(
        [
            torso_colour(
                np.clip(colour + random.normal(0, noise, (16, 8, 3)), 0, 255).astype(np.uint8)
            )
            for colour in colours
            for _ in range(crops)
        ]
    )


def asked(*colours):
    colour = shirts(*colours)
    player = np.repeat(np.arange(len(colours)), 4)
    return other_kits(colour, np.ones(len(colour), np.float32), player, len(colours))


def test_the_referee_is_asked_about():
    assert asked(*[RED] * 5, YELLOW, *[BLUE] * 5) == [5]
    assert set(asked(*[RED] * 5, YELLOW, *[BLUE] * 5, BLACK)) == {5, 11}


def test_two_teams_alone_or_street_clothes_ask_nothing():
    assert asked(*[RED] * 5, *[BLUE] * 5) == []
    assert asked(RED, BLUE, YELLOW) == [], "too few to be teams"
    random = np.random.default_rng(1)
    assert asked(*random.integers(0, 255, (14, 3))) == []
    assert other_kits(np.zeros((9, 0), np.float32), np.ones(9, np.float32), np.arange(9), 9) == []


def test_who_has_a_role_is_not_asked_about(made_up_game):
    game, person = made_up_game(people=9, shifts=4)
    kits = [RED] * 4 + [BLUE] * 4 + [YELLOW]
    per_tracklet = shirts(*(kits[who] for who in person), crops=12)
    game = replace(game, colour=per_tracklet)
    found = identify(game, PlayersOptions(count=9))
    (number,) = found.other_kits
    assert person[found.player == number].tolist() == [8] * 4
    assert kit_note([found.names[number]])[0] in found.notes
    tracklet = game.tracklets.names[int(np.flatnonzero(person == 8)[0])]
    said = PlayersOptions(count=9, corrections=Corrections(role=((tracklet, "referee"),)))
    assert identify(game, said).other_kits == ()
