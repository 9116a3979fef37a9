"""A drawn game, whose ways are known to the metre: what its boxes say of them."""

import numpy as np
import pytest

from frameatlas.reid.statistics.court import Court, View
from frameatlas.reid.statistics.player_boxes import PlayerBoxes
from frameatlas.reid.statistics.statistics import statistics_of
from frameatlas.reid.synthetic.game import GameOptions, SyntheticGame
from frameatlas.reid.synthetic.motion import LENGTH, RATE, WIDTH

CORNERS = np.array([(0.0, 0), (LENGTH, 0), (LENGTH, WIDTH), (0, WIDTH)])
KEYS = 5
"""Frames between two at which somebody has said where the corners are."""


def view(camera, game, frame):
    """Where the corners are in a frame, as the camera's own formulas say."""
    from dataclasses import replace

    place = np.tile(CORNERS, (game.frames, 1, 1))
    x, y, _ = camera.project(replace(game.motion, place=place))
    return View(np.column_stack([x[frame - 1], y[frame - 1]]), CORNERS, frame)


@pytest.mark.parametrize("seed", [3, 4])
def test_time_way_and_speed_are_within_five_per_cent(seed, identities_of):
    game = SyntheticGame(GameOptions(per_team=4, seconds=40, figure=120, jitter=0.01, seed=seed))
    camera = game.cameras[0]  # it turns with the ball
    seen = game.seen(camera).boxes
    people = [person.identity for person in game.people]
    place = np.searchsorted(people, seen.track)
    order = np.lexsort((seen.frame, place))
    boxes = PlayerBoxes(
        camera.name, float(RATE), 1, camera.size, seen.frame[order], place[order], place[order],
        place[order], seen.box[order], seen.confidence[order],
    )  # fmt: skip
    keys = [view(camera, game, frame) for frame in range(1, game.frames + 1, KEYS)]
    court = Court((LENGTH, WIDTH), {camera.name: tuple(keys)})
    names = [str(identity) for identity in people]
    found = statistics_of((boxes,), identities_of(names, range(len(people))), court)
    ways, compared = game.motion.place, 0
    for number, player in enumerate(found.players):
        own = np.unique(seen.frame[place == number])
        assert player.seconds == pytest.approx(len(own) / RATE, rel=0.05)
        moved = [np.linalg.norm(np.diff(ways[s.frame - 1, number], axis=0), axis=1)
                 for s in player.stays if len(s.frame)]  # fmt: skip
        true = float(sum(steps.sum() for steps in moved))
        if true < 20:
            continue
        compared += 1
        time = sum(len(steps) for steps in moved) / RATE
        top = max(
            np.convolve(steps, np.ones(RATE), "valid").max()
            for steps in moved
            if len(steps) >= RATE
        )
        assert player.metres.distance == pytest.approx(true, rel=0.05)
        assert player.metres.mean == pytest.approx(true / time, rel=0.05)
        assert player.metres.top == pytest.approx(top, rel=0.05)
    assert compared >= 5
