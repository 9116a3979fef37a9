"""Which shots of a film are of one camera: those whose ground lies in the same light.

A film of several cameras is cut from one to the other, and each shows colours in its own way; what
follows makes cameras alike, so it has to know them. Shots are joined, the most alike first, until
they differ by more than light that hardly matters, than places on the ground do, and than chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from frameatlas.reid.linkage import merge_nearest

LEAST = 0.12
"""Difference of light below which nothing is gained by telling cameras apart: an eighth."""

SPREAD = 1.5
"""How often the spread of the tracklets of one shot two cameras have to differ by, at least."""

CHANCE = 4.0
"""Squares of the standard error of a difference that are taken for chance: two of them."""

_TO_DEVIATION = 1.4826  # of a normal distribution, from the median of absolute differences


@dataclass(frozen=True, eq=False)
class FilmShots:
    """The shots of one film of which more than one was found.

    Attributes:
        recording: Its place among the recordings.
        first: int64 of shape (s,): the first frame of each shot with people.
        camera: int64 of shape (s,): the camera of each: 0, 1, ….
    """

    recording: int
    first: NDArray[np.int64]
    camera: NDArray[np.int64]

    @property
    def cameras(self) -> int:
        """Number of cameras."""
        return int(self.camera.max()) + 1

    def words(self) -> str:
        """How many shots each camera has, in a sentence."""
        counts = np.bincount(self.camera)
        shown = ", ".join(map(str, counts[:8])) + (", …" if len(counts) > 8 else "")
        return (
            f"{len(self.first)} shots of {len(counts)} cameras, told apart by the light on the "
            f"ground; shots of each: {shown}. --cameras says how many there are; 1 takes all as "
            "one."
        )


def cameras_of_shots(
    light: NDArray[np.float64],
    tracklet: NDArray[np.int64],
    shot: NDArray[np.int64],
    wanted: int | None = None,
) -> NDArray[np.int64]:
    """The camera of each shot, numbered in the order in which they are first seen.

    Args:
        light: float64 of shape (n, 3): what ``ground_light`` says of each crop.
        tracklet: int64 of shape (n,): the tracklet of each crop.
        shot: int64 of shape (t,): the shot of each tracklet: 0, 1, ….
        wanted: Number of cameras, where it is known.

    Returns:
        int64 of shape (shots,). A shot without crops is of the camera of the one before.
    """
    number = int(shot.max(initial=-1)) + 1
    names, where, counts = np.unique(tracklet, return_inverse=True, return_counts=True)
    means = np.zeros((len(names), 3))
    np.add.at(means, where, light)
    means /= counts[:, None]
    of = shot[names]
    seen, tracklets = np.unique(of, return_counts=True)
    of_shots = np.split(means[np.argsort(of, kind="stable")], np.cumsum(tracklets)[:-1])
    centre = np.stack([np.median(own, axis=0) for own in of_shots])
    camera = np.full(number, -1, np.int64)
    variance = _variance(of_shots, centre)
    camera[seen] = _joined(centre, tracklets.astype(np.float64), variance, wanted)
    for own in range(number):
        if camera[own] < 0:
            camera[own] = camera[own - 1] if own else 0
    return camera


def _variance(shots: Sequence[NDArray[np.float64]], centre: NDArray[np.float64]) -> float:
    """How far tracklets lie from the middle of their shot, squared, all three channels together."""
    off = [own - middle for own, middle in zip(shots, centre, strict=True) if len(own) > 1]
    if not off:
        return 0.0
    deviation = _TO_DEVIATION * np.median(np.abs(np.concatenate(off)), axis=0)
    return float((deviation**2).sum())


def _joined(
    centre: NDArray[np.float64], weight: NDArray[np.float64], variance: float, wanted: int | None
) -> NDArray[np.int64]:
    """int64 of shape (s,): the group of each shot: 0, 1, ….

    The two most alike are joined until as few are left as are wanted, or the next two are too far
    apart.
    """
    centre, weight = centre.copy(), weight.copy()
    limit = max(LEAST**2, SPREAD**2 * variance)

    def apart(one: int) -> NDArray[np.float64]:
        """From one group to all others, squared; 1 is what places and chance explain."""
        explained = limit + CHANCE * variance * (1 / weight + 1 / weight[one])
        off = centre - centre[one]
        return np.asarray(np.einsum("ij,ij->i", off, off) / explained, np.float64)

    def union(one: int, other: int) -> NDArray[np.float64]:
        both = weight[one] + weight[other]
        centre[one] = (weight[one] * centre[one] + weight[other] * centre[other]) / both
        weight[one] = both
        return apart(one)

    table = cdist(centre, centre, "sqeuclidean")
    table /= limit + CHANCE * variance * (1 / weight + (1 / weight)[:, None])
    every = np.arange(len(centre))
    if wanted is None:
        merges = merge_nearest(table, every, union, farthest=1.0)
        return merges.after(len(merges.kept))
    return merge_nearest(table, every, union).after(max(len(every) - wanted, 0))
