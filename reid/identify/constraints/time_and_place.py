"""Who cannot be the same person by time and place: nobody is in two places, or that fast.

Within one video somebody who is seen at one place was, a moment before, not farther away than
people run. A cut of the camera or a fast pan breaks that; so others are asked who are seen at both
moments: they show that there was no cut, and how far the picture itself moved at most. Videos that
run at the same time and show different places forbid, too: who is seen in one is not in the other.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from frameatlas.reid.tracks.segments import Segmentation
from frameatlas.reid.tracks.tracklets import Tracklets

SLACK = 1.0
"""Heights that a box may be beside where its person is."""

MOMENT = 0.2
"""Seconds in which nobody can be in two places."""

LONGEST = 2.0
"""Seconds after which people may be anywhere."""

FEWEST_MOMENTS = 2
"""Moments that two segments have to share: one alone may be two clocks that differ a little."""


def too_fast(tracklets: Tracklets, segmentation: Segmentation, most: float) -> NDArray[np.bool_]:
    """Which segments would have to be one person who runs too fast, bool of shape (p, p).

    Args:
        tracklets: The game.
        segmentation: Its p segments.
        most: Heights a second that nobody exceeds.
    """
    ban = np.zeros((len(segmentation), len(segmentation)), bool)
    order = np.lexsort((tracklets.row_frame, segmentation.row))
    ends = np.cumsum(segmentation.sizes)
    first, last = order[ends - segmentation.sizes], order[ends - 1]
    sequence = tracklets.sequence[segmentation.tracklet]
    for number in np.unique(sequence):
        own = np.flatnonzero(sequence == number)
        ends_of = _Ends(tracklets, segmentation, order, first[own], last[own], ends[own])
        pairs = ends_of.leaps(most, tracklets.rate_of(int(number)))
        ban[own[pairs[:, 0]], own[pairs[:, 1]]] = True
    return ban | ban.T


class _Ends:
    """First and last boxes of the segments of one video."""

    def __init__(
        self,
        tracklets: Tracklets,
        segmentation: Segmentation,
        order: NDArray[np.int64],
        first: NDArray[np.int64],
        last: NDArray[np.int64],
        stop: NDArray[np.int64],
    ) -> None:
        self._frame, self._order, self._stop = tracklets.row_frame, order, stop
        box = tracklets.row_box
        self._middle = box[:, :2] + box[:, 2:] / 2
        self._height = box[:, 3]
        self._first, self._last = first, last
        self._sizes = segmentation.sizes[segmentation.row[first]]

    def leaps(self, most: float, rate: float) -> NDArray[np.int64]:
        """Pairs (earlier, later) of segments, int64 (m, 2), of which the later is too far away."""
        begin, end = self._frame[self._first], self._frame[self._last]
        gap = begin[None, :] - end[:, None]
        near = np.argwhere((gap >= 0) & (gap <= LONGEST * rate))
        found = []
        for earlier, later in near.tolist():
            if earlier == later:
                continue
            there, here = self._last[earlier], self._first[later]
            height = max(self._height[there], self._height[here], 1.0)
            far = float(np.hypot(*(self._middle[here] - self._middle[there]))) / height
            allowed = SLACK + most * gap[earlier, later] / rate
            if (
                far > allowed
                and far > allowed + self._moved(int(end[earlier]), int(begin[later])) / height
            ):
                found.append((earlier, later))
        return np.array(found, np.int64).reshape(-1, 2)

    def _moved(self, before: int, after: int) -> float:
        """Pixels that anybody moved who is seen at both moments; infinite where nobody is."""
        begin, end = self._frame[self._first], self._frame[self._last]
        there = np.flatnonzero((begin <= before) & (end >= after))
        if not len(there):
            return np.inf
        steps = [self._place(w, after) - self._place(w, before) for w in there.tolist()]
        return float(np.hypot(*np.array(steps).T).max())

    def _place(self, who: int, frame: int) -> NDArray[np.float64]:
        """Where a segment is at a frame, or was last before it."""
        rows = self._order[self._stop[who] - self._sizes[who] : self._stop[who]]
        at = int(np.searchsorted(self._frame[rows], frame, side="right")) - 1
        return np.asarray(self._middle[rows[max(at, 0)]])


def in_two_videos(tracklets: Tracklets, segmentation: Segmentation) -> NDArray[np.bool_]:
    """Which segments are seen at the same time in two videos, bool of shape (p, p).

    Args:
        tracklets: A game whose videos begin at the same moment and show different places.
        segmentation: Its p segments.
    """
    rates = np.array([tracklets.rate_of(n) for n in range(int(tracklets.sequence.max()) + 1)])
    sequence = tracklets.sequence[tracklets.row_tracklet]
    moment = ((tracklets.row_frame - 1) / rates[sequence] / MOMENT).astype(np.int64)
    pairs = np.unique(np.stack([segmentation.row, moment]), axis=1)
    ones = np.ones(pairs.shape[1], np.float32)
    seen = coo_array(
        (ones, (pairs[0], pairs[1])), (len(segmentation), int(moment.max()) + 1)
    ).tocsr()
    common = np.asarray((seen @ seen.T).todense())
    own = tracklets.sequence[segmentation.tracklet]
    return np.asarray((common >= FEWEST_MOMENTS) & (own[:, None] != own))
