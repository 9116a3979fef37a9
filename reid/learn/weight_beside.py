"""How much a descriptor should count beside network and colour, asked of what it did not see.

``players`` puts the three side by side, each of length 1. A descriptor that tells people apart far
better than the others should not be outvoted by them, and one that hardly does should not outvote
them: on pictures that were kept apart from its training, some weights are tried.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.geometry.directions import directions
from frameatlas.plurals import count_of
from frameatlas.reid.crops.colour_histogram import torso_colour
from frameatlas.reid.learn.descriptor import Descriptor
from frameatlas.reid.learn.evaluation import score_features
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.sets.people_set import PeopleSet

USUAL = 1.0
"""Of network, colour and descriptor alike."""

TRIED = (0.5, USUAL, 2.0, 4.0)

LEAST_GAIN = 0.01
"""Of mean average precision, below which the usual weight stays."""

FEWEST, MOST = 50, 512
"""Pictures kept apart: of fewer, a figure says nothing; more are not described."""

LEAST_HEIGHT = 128
"""Of pictures, in pixels: smaller ones are not what crops of a game are to the network."""

DescribePictures = Callable[[NDArray[np.uint8]], NDArray[np.floating]]
"""uint8 (n, h, w, 3) to rows (n, d): the network that ``players`` uses."""


@dataclass(frozen=True)
class WeightBeside:
    """A weight, and why.

    Attributes:
        weight: Of the descriptor, where network and colour have 1.
        scores: Mean average precision of each weight that was tried.
        pictures: That were asked.
    """

    weight: float
    scores: dict[float, float]
    pictures: int

    def __str__(self) -> str:
        usual, best = self.scores[USUAL], self.scores[self.weight]
        words = f"beside network and colour it counts {self.weight:g} (mAP {best:.1%}"
        more = "" if self.weight == USUAL else f"; {usual:.1%} with the usual {USUAL:g}"
        return f"{words}{more}, on {count_of(self.pictures, 'picture')} kept apart)"


def can_be_weighed(store: CropStore, size: tuple[int, int]) -> bool:
    """Whether enough pictures of a set are kept apart, and large enough."""
    rows = np.union1d(store.people.query, store.people.gallery)
    return len(rows) >= FEWEST and size[0] >= LEAST_HEIGHT


def weigh_beside(
    descriptor: Descriptor, store: CropStore, describe: DescribePictures
) -> WeightBeside:
    """Try weights on the pictures of a set that are kept apart.

    Args:
        descriptor: Which was not trained on them.
        store: The set.
        describe: The network beside it.

    Raises:
        InputError: Nobody who is asked for is in the gallery.
    """
    people = _fewer(store.people)
    rows = np.union1d(people.query, people.gallery)
    pixels = store.pixels[rows]
    colour = np.stack([torso_colour(one) for one in pixels])
    beside = np.concatenate([directions(np.asarray(describe(pixels), np.float32)), colour], axis=1)
    learned = directions(descriptor.describe(pixels))
    camera = people.camera[rows]
    scores = {}
    for weight in TRIED:
        both = np.concatenate([beside, np.float32(weight) * learned], axis=1)
        features = np.zeros((len(people), both.shape[1]), np.float32)
        features[rows] = _centred(both, camera)
        found = score_features(features, people, people.protocol)
        scores[weight] = found.scores["standard"].mean_precision
    best = max(scores, key=lambda weight: (scores[weight], weight == USUAL))
    enough = scores[best] >= scores[USUAL] + LEAST_GAIN
    return WeightBeside(best if enough else USUAL, scores, len(rows))


def _centred(rows: NDArray[np.float32], camera: NDArray[np.int64]) -> NDArray[np.float32]:
    """Rows without what their camera's share. Dividing by spreads would undo the weights."""
    out = rows.copy()
    for number in np.unique(camera):
        out[camera == number] -= out[camera == number].mean(axis=0)
    return out


def _fewer(people: PeopleSet) -> PeopleSet:
    """At most so many pictures kept apart: those of the first people, all that they have."""
    rows = np.union1d(people.query, people.gallery)
    if len(rows) <= MOST:
        return people
    rows = rows[people.person[rows] > 0]
    _, place, counts = np.unique(people.person[rows], return_inverse=True, return_counts=True)
    kept = max(2, int(np.searchsorted(np.cumsum(counts), MOST, "right")))
    chosen = rows[place < kept]
    return replace(
        people,
        query=np.intersect1d(people.query, chosen),
        gallery=np.intersect1d(people.gallery, chosen),
    )
