"""How near is near enough: found on the game itself, without labels, and how wrong that is.

Two tracklets seen at the same time are two people; the two halves of a tracklet are one. Between
the distances of the former and of the latter lies the threshold, and the shares of both that are
on its wrong side are what a user may expect.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.linkage import Merges

FEWEST = 5
"""Pairs of either kind below which nothing can be calibrated."""

FALLBACK = 0.6
"""Distance (1 - cosine) taken where a game cannot tell: there is no such pair."""


@dataclass(frozen=True)
class Threshold:
    """The distance that parts pairs of two people best from halves of one tracklet.

    Attributes:
        distance: 1 - cosine.
        calibrated: False where ``distance`` was given, or had to be assumed.
        unrelated: Median distance of pairs of two people: beyond it nobody is alike.
    """

    distance: float
    calibrated: bool
    unrelated: float = 1.0


def calibrate(
    same: NDArray[np.floating], different: NDArray[np.floating], given: float | None = None
) -> Threshold:
    """Find the threshold with the least sum of both shares of errors.

    Args:
        same: Distances of the halves of tracklets.
        different: Distances of tracklets that were seen together.
        given: The user's threshold, which is then taken as it is.
    """
    same, different = np.sort(np.asarray(same)), np.sort(np.asarray(different))
    enough = len(same) >= FEWEST and len(different) >= FEWEST
    calibrated = given is None and enough
    distance = given if given is not None else FALLBACK
    if calibrated:
        every = np.unique(np.concatenate([same, different]))
        between = np.concatenate([[0.0], (every[1:] + every[:-1]) / 2, [float(every[-1])]])
        errors = np.searchsorted(different, between) / len(different)
        errors = errors + 1 - np.searchsorted(same, between) / len(same)
        best = np.flatnonzero(errors <= errors.min() + 1e-12)
        distance = float(between[best[len(best) // 2]])
    return Threshold(
        float(distance),
        calibrated,
        float(np.median(different)) if len(different) else 1.0,
    )


def merges_to_make(merges: Merges, threshold: Threshold, least: int) -> int:
    """How many merges to make: from the calibrated threshold on, up to the widest gap.

    Halves of a tracklet are nearer to each other than tracklets of one person that lie minutes
    apart, so that threshold makes too many players. Behind it, the distances of merges grow
    steadily for as long as there are tracklets of one person, and then leap: there it ends. No
    merge is made of clusters that are no more alike than people who were seen together mostly are.

    Args:
        merges: Every merge.
        threshold: The calibrated threshold; a given one is taken as it is.
        least: Players that there are at least: as many as were seen together.
    """
    most = max(0, merges.begun - max(least, merges.fewest))
    first = min(merges.below(threshold.distance), most)
    if not threshold.calibrated:
        return first
    last = max(first, min(merges.below(threshold.unrelated), most))
    far = np.append(merges.distance, max(threshold.unrelated, *merges.distance[:last], 0.0))
    before = np.append(threshold.distance, merges.distance)
    gaps = [far[made] - max(before[made], threshold.distance) for made in range(first, last + 1)]
    return first + int(np.argmax(gaps))
