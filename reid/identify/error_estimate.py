"""How often identities are wrong, without labels: what is known for sure is hidden, and asked for.

Of pairs that were seen together some are no longer forbidden to be one person; of segments some are
parted into two halves. Then everything is linked again, as before: how many hidden pairs become one
person, and how many halves become two, is what may be expected of all that was never known. How
near pairs are does not tell it: constraints keep most of them apart whatever their distance.

One number is mostly too low. Of drawn games the truth is known, so each estimate stands for games
that had the like: eight of ten of them lie within a range, and a number of people is given alike.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.identify.constrained_linkage import link
from frameatlas.reid.identify.pair_distances import FARTHEST, Pairings
from frameatlas.reid.linkage import Merges
from frameatlas.reid.tracks.pool import pool
from frameatlas.reid.tracks.segments import halves
from frameatlas.reid.tracks.tracklets import TrackletFeatures

HIDDEN = 0.2
"""Share of pairs and of segments that are hidden in one round."""

ROUNDS = 5
LARGE = 600
"""Segments from which on one round has pairs enough."""

ESTIMATES = (0.0, 0.05, 0.1, 0.2, 0.3)
"""Sums of both shares for which the ranges are known."""

WRONG = ((0.0, 0.0, 0.03, 0.13, 0.26), (0.11, 0.14, 0.23, 0.45, 0.50))
"""Share of the boxes with a wrong person of drawn games: from, to, at each of ``ESTIMATES``."""

PEOPLE = ((0.95, 0.90, 0.80, 0.80, 0.78), (1.13, 1.00, 1.00, 0.99, 0.91))
"""People that there were for each player who was found: from, to."""


@dataclass(frozen=True)
class ExpectedRange:
    """What to expect of a game.

    Attributes:
        wrong: Share of the boxes that bear a wrong person, from and to.
        people: Number of people, from and to.
    """

    wrong: tuple[float, float]
    people: tuple[int, int]


@dataclass(frozen=True, eq=False)
class _Round:
    """Segments of which some are parted: the halves that come later stand at the end."""

    distance: NDArray[np.float32]
    weight: NDArray[np.float64]
    banned: NDArray[np.bool_]
    groups: NDArray[np.int64]
    parted: NDArray[np.int64]
    hidden: NDArray[np.int64]


def estimate_errors(
    crops: TrackletFeatures,
    rows: NDArray[np.float32],
    pairs: Pairings,
    ended: Callable[[Merges], int],
) -> tuple[float, float]:
    """Hide what is known and link again.

    Args:
        crops: The game.
        rows: float32 of shape (n, k): its crops, comparable.
        pairs: What was linked.
        ended: How many merges are to be made.

    Returns:
        Share of hidden pairs of two people that became one, and of halves of one segment that
        became two; NaN where nothing is known.
    """
    random = np.random.default_rng(0)
    joined: list[NDArray[np.bool_]] = []
    torn: list[NDArray[np.bool_]] = []
    for _ in range(ROUNDS if len(pairs.segmentation) < LARGE else 1):
        hidden = _hide(crops, rows, pairs, random)
        merges = link(hidden.distance, hidden.weight, hidden.banned, hidden.groups)
        label = merges.after(ended(merges))
        joined.append(label[hidden.hidden[:, 0]] == label[hidden.hidden[:, 1]])
        later = len(pairs.segmentation) + np.arange(len(hidden.parted))
        torn.append(label[hidden.parted] != label[later])
    return _share(np.concatenate(joined)), _share(np.concatenate(torn))


def _hide(
    crops: TrackletFeatures,
    rows: NDArray[np.float32],
    pairs: Pairings,
    random: np.random.Generator,
) -> _Round:
    number = len(pairs.segmentation)
    half = halves(pairs.segmentation, crops.frame)
    long = np.unique(half[(half >= 0) & (crops.quality > 0)])
    long = np.intersect1d(long[long % 2 == 0] // 2, long[long % 2 == 1] // 2)
    parted = np.sort(random.permutation(long)[: int(np.ceil(HIDDEN * len(long)))])
    origin = np.concatenate([np.arange(number), parted])
    item = pairs.segmentation.crop.copy()
    later = np.isin(item, parted) & (half % 2 == 1) & (half >= 0)
    item[later] = number + np.searchsorted(parted, item[later])
    pooled = pool(rows, crops.quality, item, len(origin))
    distance = 1 - pooled @ pooled.T
    described = np.abs(pooled).sum(axis=1) > 0
    distance[~described] = distance[:, ~described] = FARTHEST
    counts = np.bincount(item[crops.quality > 0], minlength=len(origin))
    weight = np.where(described, np.sqrt(np.maximum(counts, 1)), pairs.weight.min())
    known = np.argwhere(np.triu(pairs.seen.together & pairs.banned, 1))
    known = known[pairs.described[known].all(axis=1)]
    known = known[random.permutation(len(known))[: int(np.ceil(HIDDEN * len(known)))]]
    banned = pairs.banned.copy()
    banned[known[:, 0], known[:, 1]] = banned[known[:, 1], known[:, 0]] = False
    alone = int(pairs.groups.max(initial=0)) + 1 + np.arange(len(parted))
    groups = np.concatenate([pairs.groups, alone])
    return _Round(distance, weight, banned[np.ix_(origin, origin)], groups, parted, known)


def _share(wrong: NDArray[np.bool_]) -> float:
    return float(wrong.mean()) if len(wrong) else float("nan")


def expected_range(estimate: float, found: int, least: int) -> ExpectedRange | None:
    """The range of games with this estimate; None where there is none.

    Args:
        estimate: False and missed links together; NaN where nothing is known.
        found: Number of players that were found.
        least: People who were seen at one moment: there are at least as many.
    """
    if math.isnan(estimate):
        return None
    wrong = tuple(float(np.interp(estimate, ESTIMATES, side)) for side in WRONG)
    few, many = (float(np.interp(estimate, ESTIMATES, side)) for side in PEOPLE)
    fewest = max(least, round(few * found))
    return ExpectedRange((wrong[0], wrong[1]), (fewest, max(fewest, round(many * found))))
