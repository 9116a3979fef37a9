"""Tracklets are cut where a tracker went over to somebody who had no tracklet of their own.

Nobody is exchanged there, so what two tracklets show tells nothing (``id_switches.py``). But the
crops just before and just after are two people's: as far apart as those of people who were seen
together mostly are, and farther than crops of one tracklet are elsewhere. Both is measured on the
game itself. Where two people look nearly alike, or one looks different all the time, neither is
so, and nothing is cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.geometry.directions import directions
from frameatlas.reid.identify.pair_distances import boxes_seen
from frameatlas.reid.identify.threshold import FEWEST
from frameatlas.reid.tracks.pool import pool
from frameatlas.reid.tracks.segments import Segmentation, cut_tracklets
from frameatlas.reid.tracks.tracklets import TrackletFeatures

SIDE = 8
"""Crops on either side that are compared: what is farther away may be another pose and light."""

LEAST_SIDE = 4
"""Crops of either side below which nothing is said."""

LEAST_ODDS = 1.0
"""Logarithm of how much likelier two people have to be than one: e to one."""

FEWEST_PLACES = 20
"""Places of all tracklets below which nobody knows how much one person changes."""

_NORMAL = 1.4826
"""Deviations of a normal distribution that its median absolute deviation is, the inverse of."""


@dataclass(frozen=True)
class Usual:
    """What distances between sides usually are: of one person, and of two.

    Attributes:
        same: Median of all places in tracklets; few of them are takeovers.
        same_spread: A robust standard deviation of these.
        different: Median of pairs of segments that were seen together.
        different_spread: A robust standard deviation of these.
    """

    same: float
    same_spread: float
    different: float
    different_spread: float

    @classmethod
    def of(cls, same: NDArray[np.float64], different: NDArray[np.float64]) -> "Usual":
        """Measure both."""
        return cls(*_middle_and_spread(same), *_middle_and_spread(different))

    def two_people(self, distance: float) -> bool:
        """Whether sides so far apart are two people, by their place between both and by odds."""
        if distance < (self.same + self.different) / 2 or self.different <= self.same:
            return False
        near = min(distance, self.different)
        one = (near - self.same) / self.same_spread
        two = (near - self.different) / self.different_spread
        odds = (one**2 - two**2) / 2 + np.log(self.same_spread / self.different_spread)
        return bool(odds > LEAST_ODDS)


def find_takeovers(
    crops: TrackletFeatures,
    rows: NDArray[np.float32],
    cuts: Sequence[tuple[int, int]],
    kept_whole: Sequence[int] = (),
) -> list[tuple[int, int]]:
    """Where tracklets are cut besides.

    Args:
        crops: The game.
        rows: float32 of shape (n, k): its crops, comparable.
        cuts: (tracklet, first frame of a new segment) of cuts that are made already.
        kept_whole: Tracklets that are not cut.

    Returns:
        (tracklet, first frame of its new segment), ascending.
    """
    segmentation = cut_tracklets(crops, cuts)
    weighed = rows.astype(np.float64) * crops.quality[:, None]
    usable = np.flatnonzero(crops.quality > 0)
    parts = [usable[segmentation.crop[usable] == number] for number in range(len(segmentation))]
    same = np.concatenate([np.zeros(0), *(_distances(weighed[own]) for own in parts)])
    different = _different(crops, rows, segmentation, parts)
    if len(same) < FEWEST_PLACES or len(different) < FEWEST:
        return []
    usual = Usual.of(same, different)
    waiting = [own for own in parts if len(own) and crops.tracklet[own[0]] not in set(kept_whole)]
    found: list[tuple[int, int]] = []
    while waiting:
        own = waiting.pop()
        distance = _distances(weighed[own])
        if len(distance) and usual.two_people(float(distance.max())):
            place = LEAST_SIDE + int(distance.argmax())
            found.append((int(crops.tracklet[own[place]]), int(crops.frame[own[place]])))
            waiting += [own[:place], own[place:]]
    return sorted(found)


def _distances(weighed: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 - cosine of the crops before and after every place that has ``LEAST_SIDE`` on both sides.

    Args:
        weighed: float64 of shape (m, k): crops of one segment by time, as long as their quality.
    """
    number = len(weighed)
    place = np.arange(LEAST_SIDE, number - LEAST_SIDE + 1)
    sums = np.concatenate([np.zeros((1, weighed.shape[1])), np.cumsum(weighed, axis=0)])
    before = sums[place] - sums[np.maximum(place - SIDE, 0)]
    after = sums[np.minimum(place + SIDE, number)] - sums[place]
    return np.asarray(1 - np.einsum("ij,ij->i", directions(before), directions(after)))


def _different(
    crops: TrackletFeatures,
    rows: NDArray[np.float32],
    segmentation: Segmentation,
    parts: Sequence[NDArray[np.int64]],
) -> NDArray[np.float64]:
    """Distances of segments that were seen together and have crops enough."""
    enough = np.array([len(own) >= LEAST_SIDE for own in parts], bool)
    pooled = pool(rows, crops.quality, segmentation.crop, len(segmentation))
    both = np.triu(boxes_seen(crops, segmentation).together, 1) & enough[:, None] & enough
    first, second = np.nonzero(both)
    return np.asarray(1 - np.einsum("ij,ij->i", pooled[first], pooled[second]), np.float64)


def _middle_and_spread(values: NDArray[np.float64]) -> tuple[float, float]:
    middle = float(np.median(values))
    return middle, max(_NORMAL * float(np.median(np.abs(values - middle))), 1e-3)
