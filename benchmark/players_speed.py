"""Players: how long everything after the network takes, and in how much memory.

    python -m benchmark players_speed [--tracklets 2000] [--crops 40] [--json]

Made-up features and colours of 25 people who are all seen all the time: the number of tracklets,
crops and constraints is that of a long game, and nothing is claimed of how good the answer is.
"""

import argparse
import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.machine import describe_machine
from benchmark.peak import resident_megabytes
from benchmark.tables import markdown
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.tracks.mot import Tracks
from frameatlas.reid.tracks.tracklets import TrackletFeatures, Tracklets

PEOPLE = 25
BOXES = 200
"""Boxes of each tracklet, one a frame."""

DIMENSION, COLOURS = 4096, 72
APART = 5


def main(arguments: Sequence[str]) -> int:
    """Measure once and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmark players_speed")
    parser.add_argument("--tracklets", type=int, default=2000)
    parser.add_argument("--crops", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    game = made_up(options.tracklets, options.crops)
    wall, processor = time.perf_counter(), time.process_time()
    found = identify(game)
    figures = {
        "tracklets": len(game.tracklets),
        "crops": len(game),
        "seconds": round(time.perf_counter() - wall, 2),
        "processor_seconds": round(time.process_time() - processor, 2),
        "peak_gigabytes": round(resident_megabytes() / 1000, 2),
        "players": found.count,
        "machine": describe_machine(),
    }
    print(json.dumps(figures) if options.json else table(figures))
    return 0


def table(figures: dict[str, Any]) -> str:
    """The one row, as Markdown."""
    heads = ["tracklets", "crops", "seconds", "processor seconds", "peak GB", "people found"]
    row = [
        figures["tracklets"],
        figures["crops"],
        figures["seconds"],
        figures["processor_seconds"],
        figures["peak_gigabytes"],
        f"{figures['players']} of {PEOPLE}",
    ]
    return markdown(heads, [row])


def made_up(tracklets: int, crops: int) -> TrackletFeatures:
    """Tracklets of 25 people in turns, with a network's features and the colours of each crop."""
    rng = np.random.default_rng(0)
    turns = -(-tracklets // PEOPLE)
    person = np.concatenate([rng.permutation(PEOPLE) for _ in range(turns)])[:tracklets]
    begin = np.arange(tracklets) // PEOPLE * (BOXES + 5) + 1
    centre = rng.normal(size=(PEOPLE, DIMENSION)).astype(np.float32)
    dressed = np.abs(rng.normal(size=(PEOPLE, COLOURS)))
    features = np.empty((tracklets * crops, DIMENSION), np.float16)
    for tracklet, who in enumerate(person):
        own = 0.4 * centre[who] + 0.5 * rng.normal(size=DIMENSION)
        rows = np.abs(own + rng.normal(size=(crops, DIMENSION)))
        features[tracklet * crops : (tracklet + 1) * crops] = rows
    colour = dressed[np.repeat(person, crops)] + 0.3 * rng.normal(size=(tracklets * crops, COLOURS))
    return TrackletFeatures(
        Tracklets.of([_tracks(person, begin)]),
        np.repeat(np.arange(tracklets), crops),
        (begin[:, None] + APART * np.arange(crops)).ravel(),
        features,
        np.abs(colour).astype(np.float32),
        np.full(tracklets * crops, 0.8, np.float32),
    )


def _tracks(person: NDArray[np.int64], begin: NDArray[np.int64]) -> Tracks:
    frame = (begin[:, None] + np.arange(BOXES)).ravel()
    track = np.repeat(np.arange(len(person)) + 1, BOXES)
    box = np.tile([0.0, 100.0, 40.0, 90.0], (len(frame), 1))
    box[:, 0] = np.repeat(60.0 * person, BOXES)
    order = np.lexsort((track, frame))
    sure = np.ones(len(frame), np.float32)
    return Tracks(frame[order], track[order], box[order], sure, "made up")
