"""What the players benchmark measures on: filmed people whose identities are known.

Synthetic games, the real sequence of the project's shared data, or the user's own MOT ground truth.
The network describes every fifth true box once; how tracks are broken then costs nothing more.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.digests import text_digest
from frameatlas.frames import Pixels
from frameatlas.reid.crop_plan import APART, LEAST_INSIDE, CropPlan, box_quality, inside_share
from frameatlas.reid.crops import Crop, cut_crops
from frameatlas.reid.pictures import Picture, open_pictures
from frameatlas.reid.synthetic_game import SIZE, GameWish, SyntheticGame
from frameatlas.reid.synthetic_motion import RATE, Camera
from frameatlas.reid.tracks import Tracks, read_mot

Describe = Callable[[Pixels, NDArray[np.int32]], NDArray[np.floating]]
"""The network: pictures and the boxes in them to features (n, 4096)."""

BLOCK = 64
"""Crops that the network is given at a time."""


@dataclass(frozen=True)
class Described:
    """Described boxes of one camera.

    Attributes:
        row: int64 of shape (n,), ascending: rows of the camera's boxes.
        features: float16 of shape (n, d).
        colour: float32 of shape (n, 72).
        sharpness: float32 of shape (n,).
    """

    row: NDArray[np.int64]
    features: NDArray[np.float16]
    colour: NDArray[np.float32]
    sharpness: NDArray[np.float32]


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
        broken: Whether the tracks are a tracker's already, and are not to be broken.
    """

    name: str
    cameras: tuple[Filmed, ...]
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


def synthetic(difficulty: str, seconds: int, seed: int = 0) -> Footage:
    """A synthetic game of two cameras."""
    wish = GameWish.named(difficulty, seed, seconds)
    game = SyntheticGame(wish)
    cameras = []
    for camera in game.cameras:
        boxes = game.seen(camera).boxes
        name = f"{wish}-{camera.name}"
        cameras.append(Filmed(boxes, boxes.track, GamePictures(game, camera), SIZE, name))
    return Footage(f"synthetic {difficulty}", tuple(cameras))


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
    return Footage(f"people, {len(set(truth.values()))} identities", (filmed,), broken=True)


def from_truth(file: Path, video: Path) -> Footage:
    """The user's own MOT ground truth, to be broken."""
    tracks, bad = read_mot(file, video.stem)
    if bad:
        print(f"{file}: {len(bad)} lines are left out, first {bad[0]}")
    pictures = open_pictures(video)
    known = tracks.rows(tracks.track >= 0)
    return Footage(
        video.stem, (Filmed(known, known.track, pictures, pictures.size, pictures.digest),)
    )


def describe(filmed: Filmed, network: Describe, cache: Path | None) -> Described:
    """Describe the boxes of every fifth frame, or read what an earlier run kept."""
    plan, rows = _plan(filmed)
    key = text_digest(f"{filmed.name} {len(rows)} {plan.box.sum():.3f}")
    kept = cache / f"{key}.npz" if cache else None
    if kept and kept.is_file():
        with np.load(kept, allow_pickle=False) as file:
            return Described(*(file[name] for name in ("row", "features", "colour", "sharpness")))
    described = _described(filmed, plan, rows, network)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, **vars(described))
    return described


def _plan(filmed: Filmed) -> tuple[CropPlan, NDArray[np.int64]]:
    """The boxes of every fifth frame that are worth a crop; a plan, and their rows."""
    boxes = replace(filmed.boxes, confidence=np.ones(len(filmed.boxes), np.float32))
    quality = box_quality(boxes, filmed.size)
    usable = (boxes.frame - 1) % APART == 0
    usable &= inside_share(boxes.box, filmed.size) >= LEAST_INSIDE
    rows = np.flatnonzero(usable)
    plan = CropPlan(boxes.frame[rows], boxes.track[rows], boxes.box[rows], quality[rows])
    return plan, rows


def _described(
    filmed: Filmed, plan: CropPlan, rows: NDArray[np.int64], network: Describe
) -> Described:
    features, block = [], []
    crops: list[Crop] = []
    for crop in cut_crops(filmed.pictures, plan):
        block.append(crop)
        if len(block) == BLOCK:
            features.append(_features(block, network))
            crops += [replace(some, pixels=some.pixels[:0]) for some in block]
            block = []
    if block:
        features.append(_features(block, network))
        crops += block
    return Described(
        rows[[crop.row for crop in crops]],
        np.concatenate(features),
        np.stack([crop.colour for crop in crops]),
        np.array([crop.sharpness for crop in crops], np.float32),
    )


def _features(block: list[Crop], network: Describe) -> NDArray[np.float16]:
    pixels = np.stack([crop.pixels for crop in block])
    box = np.array([crop.box for crop in block], np.int32)
    return np.asarray(network(pixels, box), np.float16)
