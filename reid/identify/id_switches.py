"""Tracklets are cut where two of them seem to have exchanged their people: a tracker switched.

A tracker switches where people meet. Wherever two tracklets come near each other, crops before and
after are compared: where the two together are afterwards more like what the other was before, both
are cut. That asks for no measure of how much one person may change, and for few crops.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.geometry.directions import directions
from frameatlas.reid.tracks.segments import Segmentation, cut_tracklets
from frameatlas.reid.tracks.tracklets import TrackletFeatures

LEAST_SIDE = 2
"""Crops on either side of a cut: a single one may show anybody."""

NEAR = 2.0
"""Heights of the taller box that the middles of two boxes that meet are apart at most."""

LEAST_GAIN = 0.05
"""Cosines by which exchanged sides have to be more alike: less is noise."""

BLOCK = 8192
"""Meetings that are compared at once."""

_ROUNDS = 20


@dataclass(frozen=True, eq=False)
class Meetings:
    """Moments at which two tracklets are near each other, from the nearest on.

    Attributes:
        first: int64 of shape (m,): the row of a box in ``Tracklets``.
        second: int64 of shape (m,): the row of a box of another tracklet at the same moment.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]

    def rows(self, chosen: NDArray[np.integer] | NDArray[np.bool_]) -> "Meetings":
        """Some of them."""
        return Meetings(self.first[chosen], self.second[chosen])


def find_cuts(
    crops: TrackletFeatures, rows: NDArray[np.float32], kept_whole: Sequence[int] = ()
) -> list[tuple[int, int]]:
    """Where tracklets are cut.

    Args:
        crops: The game.
        rows: float32 of shape (n, k): its crops, comparable.
        kept_whole: Tracklets that are not cut.

    Returns:
        (tracklet, first frame of its new segment), ascending; always in pairs of one frame.
    """
    tracklets = crops.tracklets
    met = meetings(crops)
    free = ~np.isin(tracklets.row_tracklet, list(kept_whole))
    met = met.rows(free[met.first] & free[met.second])
    sums = np.zeros((len(rows) + 1, rows.shape[1]))
    np.cumsum(rows * crops.quality[:, None], axis=0, out=sums[1:])
    cuts: list[tuple[int, int]] = []
    for _ in range(_ROUNDS):
        found = _exchanges(crops, sums, met, cut_tracklets(crops, cuts))
        both = np.concatenate([found.first, found.second])
        if not len(both):
            break
        pairs = zip(tracklets.row_tracklet[both], tracklets.row_frame[both], strict=True)
        cuts += [(int(tracklet), int(frame)) for tracklet, frame in pairs]
    return sorted(cuts)


def meetings(crops: TrackletFeatures) -> Meetings:
    """All moments at which two tracklets are near each other."""
    tracklets = crops.tracklets
    timestamp = tracklets.sequence[tracklets.row_tracklet] * (
        tracklets.row_frame.max(initial=0) + 1
    )
    timestamp = timestamp + tracklets.row_frame
    order = np.argsort(timestamp, kind="stable")
    starts = np.flatnonzero(np.diff(timestamp[order], prepend=-1))
    found = [np.zeros((3, 0))]
    for own in np.split(order, starts[1:]):
        box = tracklets.row_box[own]
        x, y = (box[:, :2] + box[:, 2:] / 2).T
        apart = np.hypot(np.subtract.outer(x, x), np.subtract.outer(y, y))
        apart /= np.maximum.outer(box[:, 3], box[:, 3])
        one, two = np.nonzero(np.triu(apart <= NEAR, 1))
        found.append(np.stack([own[one], own[two], apart[one, two]]))
    first, second, apart = np.concatenate(found, axis=1)
    nearest = np.argsort(apart, kind="stable")
    return Meetings(first[nearest].astype(np.int64), second[nearest].astype(np.int64))


def _exchanges(
    crops: TrackletFeatures, sums: NDArray[np.float64], met: Meetings, segmentation: Segmentation
) -> Meetings:
    """The meetings at which segments exchanged their people, each segment at most once."""
    sides = _sides(crops, sums, segmentation)
    enough = np.minimum(sides.place - sides.start, sides.stop - sides.place) >= LEAST_SIDE
    met = met.rows(enough[met.first] & enough[met.second])
    # Between the same crops, the nearest of all meetings is the one to cut at.
    same = sides.place[met.first] * (len(crops) + 1) + sides.place[met.second]
    met = met.rows(np.unique(same, return_index=True)[1])
    gain = np.zeros(len(met.first))
    for begin in range(0, len(gain), BLOCK):
        part = slice(begin, begin + BLOCK)
        gain[part] = _gain(*sides.of(met.first[part]), *sides.of(met.second[part]))
    used, chosen = np.zeros(len(segmentation), bool), []
    for number in np.argsort(-gain, kind="stable")[: int((gain > LEAST_GAIN).sum())]:
        both = segmentation.row[[met.first[number], met.second[number]]]
        if not used[both].any():
            used[both] = True
            chosen.append(number)
    return met.rows(np.array(chosen, np.int64))


@dataclass(frozen=True, eq=False)
class _Sides:
    """The crops of each box's segment: from ``start``, before ``place``, and on to ``stop``."""

    sums: NDArray[np.float64]
    start: NDArray[np.int64]
    place: NDArray[np.int64]
    stop: NDArray[np.int64]

    def of(self, row: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What the segments of boxes look like before and after them, each (m, k) of length 1."""
        middle = self.sums[self.place[row]]
        before = middle - self.sums[self.start[row]]
        return directions(before), directions(self.sums[self.stop[row]] - middle)


def _sides(
    crops: TrackletFeatures, sums: NDArray[np.float64], segmentation: Segmentation
) -> _Sides:
    tracklets = crops.tracklets
    last = int(tracklets.row_frame.max(initial=0)) + 1
    place = np.searchsorted(
        crops.tracklet * last + crops.frame, tracklets.row_tracklet * last + tracklets.row_frame
    )
    start = np.searchsorted(segmentation.crop, segmentation.row)
    return _Sides(sums, start, place, np.searchsorted(segmentation.crop, segmentation.row, "right"))


def _gain(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    other_before: NDArray[np.float64],
    other_after: NDArray[np.float64],
) -> NDArray[np.float64]:
    """How much more alike sides are when exchanged, float64 of shape (m,)."""
    as_tracked = np.einsum("ij,ij->i", before, after)
    as_tracked += np.einsum("ij,ij->i", other_before, other_after)
    exchanged = np.einsum("ij,ij->i", before, other_after)
    exchanged += np.einsum("ij,ij->i", other_before, after)
    return np.asarray(exchanged - as_tracked, np.float64)
