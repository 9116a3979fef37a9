"""What the players benchmark measures on: filmed people whose identities are known.

Synthetic games, the real sequence of the project's shared data, or the user's own MOT ground truth.
"""

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from frameatlas.plurals import count_of
from frameatlas.reid.synthetic.game import SIZE, GameOptions, SyntheticGame
from frameatlas.reid.synthetic.motion import RATE, Camera
from frameatlas.reid.tracks.boxes import intersection_over_union
from frameatlas.reid.tracks.frame_reader import Picture, open_pictures
from frameatlas.reid.tracks.mot import Tracks, read_mot


@dataclass(frozen=True)
class Filmed:
    """What one camera filmed.

    Attributes:
        boxes: Every box; ``track`` is the true person, or what a tracker gave (see ``identity``).
        identity: int64 of shape (m,), the true person of each box.
        pictures: The video.
        size: Its width and height.
        name: Stands for its content, in the name of a cache file.
    """

    boxes: Tracks
    identity: NDArray[np.int64]
    pictures: Any
    size: tuple[int, int]
    name: str


@dataclass(frozen=True)
class Footage:
    """Filmed people.

    Attributes:
        name: For the table; begins with "synthetic" where it is.
        cameras: What each camera filmed.
        seed: Which of several such games it is; it decides where tracks break, too.
        broken: Whether the tracks are a tracker's already, and are not to be broken.
    """

    name: str
    cameras: tuple[Filmed, ...]
    seed: int = 0
    broken: bool = False


class GamePictures:
    """A synthetic game's pictures by number, as those of a video."""

    kind = "video"
    rate = Fraction(RATE)
    time_base = Fraction(1, RATE)
    size = SIZE

    def __init__(self, game: SyntheticGame, camera: Camera) -> None:
        self.game, self.camera = game, camera
        self.path = Path(camera.name)

    def pictures(self, wanted: Sequence[int]) -> Iterator[Picture]:
        """The pictures of these numbers."""
        for number in wanted:
            yield Picture(number, number, self.game.picture(self.camera, number))


def synthetic(difficulty: str, seconds: int, seed: int) -> Footage:
    """A synthetic game of two cameras; number 0 was looked at while ``players`` was built."""
    options = GameOptions.named(difficulty, seed, seconds)
    game = SyntheticGame(options)
    cameras = []
    for camera in game.cameras:
        boxes = game.seen(camera).boxes
        # How much of a player is hidden is what a tracker does not tell.
        boxes = replace(boxes, confidence=np.ones_like(boxes.confidence))
        name = f"{options}-{camera.name}"
        cameras.append(Filmed(boxes, boxes.track, GamePictures(game, camera), SIZE, name))
    return Footage(f"synthetic {difficulty}", tuple(cameras), seed)


SAME_ACTORS = {13: 2, 11: 3, 12: 4, 10: 6}
"""By eye, these identities of the shared sequence are actors who came back."""


def people(folder: Path, merged: bool = False) -> Footage:
    """The shared real sequence: 49 tracklets of 19 identities, or of 15 actors."""
    tracks, _ = read_mot(folder / "tracklets.txt", "PETS09-S2L1")
    with (folder / "tracklet_identities.csv").open(newline="") as file:
        truth = {int(row["tracklet"]): int(row["identity"]) for row in csv.DictReader(file)}
    if merged:
        truth = {track: SAME_ACTORS.get(person, person) for track, person in truth.items()}
    identity = np.array([truth[int(track)] for track in tracks.track], np.int64)
    pictures = open_pictures(folder / "PETS09-S2L1_vtest.avi")
    filmed = Filmed(tracks, identity, pictures, pictures.size, pictures.digest)
    return Footage(f"real, {len(set(truth.values()))} identities", (filmed,), broken=True)


def _read(file: Path, video: Path) -> Tracks:
    """Tracks of a video; what cannot be read is told beside the figures, not among them."""
    tracks, bad = read_mot(file, video.stem)
    if bad:
        print(f"{file}: {count_of(len(bad), 'line')} left out, first {bad[0]}", file=sys.stderr)
    return tracks


def from_truth(file: Path, video: Path, seed: int) -> Footage:
    """The user's own MOT ground truth, to be broken."""
    tracks = _read(file, video)
    pictures = open_pictures(video)
    known = tracks.rows(tracks.track >= 0)
    return Footage(
        f"your truth, {video.stem}",
        (Filmed(known, known.track, pictures, pictures.size, pictures.digest),),
        seed,
    )


LEAST_OVERLAP = 0.5
"""Intersection over union from which on a tracker's box is that of a true one."""


def from_tracker(truth: Path, video: Path, file: Path) -> Footage:
    """What a tracker really gave, each box the person whose true box it covers most.

    Boxes that cover nobody are left out: whether there are people at all is the tracker's affair.
    """
    known = from_truth(truth, video, 0).cameras[0]
    tracks = _read(file, video)
    tracks = tracks.rows(tracks.track >= 0)
    identity = matched(tracks, known.boxes)
    found = identity >= 0
    if not found.any():
        raise SystemExit(
            f"Expected boxes in {file} that cover those of {truth} by half. Received: none; are "
            "both of this video?"
        )
    filmed = replace(known, boxes=tracks.rows(found), identity=identity[found])
    return Footage(f"your tracker, {video.stem}", (filmed,), broken=True)


def matched(tracks: Tracks, truth: Tracks) -> NDArray[np.int64]:
    """int64 of shape (n,): the person of each box, one to one in every frame; -1 for nobody."""
    identity = np.full(len(tracks), -1, np.int64)
    for frame in np.unique(tracks.frame):
        rows = np.flatnonzero(tracks.frame == frame)
        true = np.flatnonzero(truth.frame == frame)
        shared = intersection_over_union(tracks.box[rows], truth.box[true])
        for row, column in zip(*linear_sum_assignment(-shared), strict=True):
            if shared[row, column] >= LEAST_OVERLAP:
                identity[rows[row]] = truth.track[true[column]]
    return identity
