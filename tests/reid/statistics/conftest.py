"""Boxes of made-up people, as statistics take them."""

import numpy as np
import pytest

from frameatlas.reid.identify.identities import Identities, Segments
from frameatlas.reid.statistics.player_boxes import PlayerBoxes, frame_step


@pytest.fixture
def boxes_of():
    """``boxes_of([(player, first frame, feet (n, 2)), …], height=80)``: a segment each."""

    def make(parts, *, height=80.0, rate=25.0, step=1, camera="a", size=(1280, 720)):
        frame, player, segment, box = [], [], [], []
        for number, (who, first, way) in enumerate(parts):
            feet = np.asarray(way, np.float64)
            tall = np.broadcast_to(height, len(feet))
            frame.append(first + step * np.arange(len(feet)))
            player.append(np.full(len(feet), who))
            segment.append(np.full(len(feet), number))
            box.append(
                np.column_stack([feet[:, 0] - 0.2 * tall, feet[:, 1] - tall, 0.4 * tall, tall])
            )
        frame, player, segment = map(np.concatenate, (frame, player, segment))
        return PlayerBoxes(
            camera, rate, frame_step(segment, frame), size, frame, player, segment, segment,
            np.concatenate(box), np.ones(len(frame), np.float32),
        )  # fmt: skip

    return make


@pytest.fixture
def identities_of():
    """``identities_of(["Anna", "2"], players of tracklets, teams)``."""

    def make(names, player, team=None):
        player = np.asarray(player, np.int64)
        team = np.full(len(player), -1) if team is None else np.asarray(team)
        ones = np.ones(len(player))
        number = np.arange(len(player))
        segments = Segments(number, 0 * number + 1, 0 * number + 9, player, ones)
        return Identities(
            player, team, ones, segments, tuple(names), 0.5, 0.4, True, 0.0, 0.0, len(names)
        )

    return make
