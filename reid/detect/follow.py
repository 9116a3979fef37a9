"""Detections become short tracklets of one person each: what identities are found from.

A Kalman filter of constant velocity says where everybody will be; boxes are given to tracklets by
how much they overlap that place and by the colour of the torso, the sure ones first and then the
unsure ones (Zhang et al., "ByteTrack", 2022). A tracklet ends rather than take up a doubtful box:
short pure ones can be joined by what they show, mixed ones cannot be parted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from frameatlas.geometry.directions import directions
from frameatlas.reid.detect.detections import Detections
from frameatlas.reid.detect.kalman import BoxFilter
from frameatlas.reid.tracks.boxes import intersection_over_union
from frameatlas.reid.tracks.mot import Tracks


@dataclass(frozen=True)
class FollowOptions:
    """How people are followed.

    Attributes:
        sure: Confidence of boxes that may begin a tracklet.
        unsure: Confidence of boxes that may go on with one.
        longest_gap: Seconds after which a tracklet ends.
        colour_weight: Weight of the torso's colour beside overlap.
        clear_cost: Cost from which on a box is taken only where no other comes near, and not
            after a gap.
        most_cost: Cost from which on a box is somebody else's.
        least_margin: By how much the best tracklet has to be better than the next for a box that
            comes after a gap.
        shortest: Boxes of a tracklet below which it is taken for a mistake of the detector.
    """

    sure: float = 0.4
    unsure: float = 0.15
    longest_gap: float = 1.0
    colour_weight: float = 0.5
    clear_cost: float = 0.5
    most_cost: float = 0.9
    least_margin: float = 0.2
    shortest: int = 3


@dataclass(eq=False)
class _Tracklet:
    """One person, followed."""

    filter: BoxFilter
    colour: NDArray[np.float32]
    frame: int
    rows: list[int] = field(default_factory=list)

    def take(self, row: int, detections: Detections) -> None:
        """Go on with a detection."""
        self.filter.update(detections.box[row])
        self.colour = 0.8 * self.colour + 0.2 * detections.colour[row]
        self.frame = int(detections.frame[row])
        self.rows.append(row)


def follow(detections: Detections, rate: float, options: FollowOptions | None = None) -> Tracks:
    """Give ids to detections.

    Args:
        detections: Of one video, by frame.
        rate: Frames a second.
        options: How.

    Returns:
        Boxes with ids from 1, smoothed, with those of short gaps between them; the confidence of
        these is 0.05, so that no crop is cut from them.
    """
    options = options or FollowOptions()
    alive: list[_Tracklet] = []
    ended: list[_Tracklet] = []
    usable = np.flatnonzero(detections.confidence >= options.unsure)
    frames = np.unique(detections.frame[usable])
    rows_of = np.split(usable, np.searchsorted(detections.frame[usable], frames[1:]))[: len(frames)]
    last = int(frames[0]) if len(frames) else 0
    for frame, rows in zip(frames.tolist(), rows_of, strict=True):
        camera = detections.camera_motion(last, frame)
        for tracklet in alive:
            tracklet.filter.predict(frame - last, camera)
        last = frame
        gone = [t for t in alive if frame - t.frame > options.longest_gap * rate]
        ended += gone
        alive = [t for t in alive if t not in gone]
        _assign(alive, rows, detections, options)
    return _tracks([*ended, *alive], detections, options)


def _assign(
    alive: list[_Tracklet],
    rows: NDArray[np.int64],
    detections: Detections,
    options: FollowOptions,
) -> None:
    """Give the boxes of one frame to tracklets, and begin new ones."""
    free = list(range(len(alive)))
    sure = rows[detections.confidence[rows] >= options.sure]
    unsure = rows[detections.confidence[rows] < options.sure]
    left = _give(alive, free, sure, detections, options)
    _give(alive, free, unsure, detections, options)
    for row in left:
        if not _on_another(row, rows, detections):
            begun = _Tracklet(BoxFilter(detections.box[row]), detections.colour[row].copy(), 0)
            begun.frame = int(detections.frame[row])
            begun.rows.append(row)
            alive.append(begun)


def _on_another(row: int, rows: NDArray[np.int64], detections: Detections) -> bool:
    """Whether a box lies mostly on a surer one of its frame: half of somebody."""
    surer = rows[detections.confidence[rows] > detections.confidence[row]]
    if not len(surer):
        return False
    shared = intersection_over_union(detections.box[[row]], detections.box[surer])
    return bool(shared.max() > 0.6)


def _give(
    alive: list[_Tracklet],
    free: list[int],
    rows: NDArray[np.int64],
    detections: Detections,
    options: FollowOptions,
) -> list[int]:
    """Give boxes to free tracklets, which are then no longer free; returns those that are left."""
    if not free or not len(rows):
        return list(map(int, rows))
    frame = int(detections.frame[rows[0]])
    cost = _costs([alive[t] for t in free], rows, detections, options)
    left, taken = set(rows.tolist()), []
    for place, column in zip(*linear_sum_assignment(cost), strict=True):
        value = cost[place, column]
        if value >= options.most_cost:
            continue
        late = frame - alive[free[place]].frame > 2 * detections.step
        dear = value >= options.clear_cost
        if (late and dear) or ((late or dear) and _doubtful(cost, place, column, options)):
            continue
        alive[free[place]].take(int(rows[column]), detections)
        left.discard(int(rows[column]))
        taken.append(free[place])
    free[:] = [t for t in free if t not in taken]
    return sorted(left)


def _doubtful(cost: NDArray[np.float64], row: int, column: int, options: FollowOptions) -> bool:
    """Whether a tracklet or a box would nearly as well be another's."""
    others = np.concatenate([np.delete(cost[row], column), np.delete(cost[:, column], row)])
    return bool(len(others) and others.min() - cost[row, column] < options.least_margin)


def _costs(
    tracklets: list[_Tracklet],
    rows: NDArray[np.int64],
    detections: Detections,
    options: FollowOptions,
) -> NDArray[np.float64]:
    """What it costs to give each box to each tracklet, (t, k): 0 for the same place and colour."""
    expected = np.stack([tracklet.filter.box for tracklet in tracklets])
    box = detections.box[rows]
    shared = intersection_over_union(expected, box)
    colour = np.stack([tracklet.colour for tracklet in tracklets])
    alike = directions(colour) @ detections.colour[rows].T
    cost = (1 - shared) + options.colour_weight * (1 - alike)
    grown = np.abs(np.log(box[:, 3][None] / expected[:, 3][:, None]))
    cost[(shared < 0.1) | (grown > np.log(1.6))] = 10.0
    return np.asarray(cost, np.float64)


def _tracks(tracklets: list[_Tracklet], detections: Detections, options: FollowOptions) -> Tracks:
    """The tracklets that are long enough, by their first boxes, with boxes in their gaps."""
    kept = [t for t in tracklets if len(t.rows) >= options.shortest]
    kept.sort(key=lambda tracklet: (detections.frame[tracklet.rows[0]], tracklet.rows[0]))
    return with_gaps_filled([np.array(tracklet.rows) for tracklet in kept], detections)


def with_gaps_filled(tracklets: Sequence[NDArray[np.int64]], detections: Detections) -> Tracks:
    """Tracks of detections, with a box in every frame between two.

    Args:
        tracklets: The rows of each tracklet among the detections, one a frame, ascending.
        detections: Of one video.

    Returns:
        Boxes by frame with ids from 1, in the order given; the confidence of those that were
        filled in is ``FILLED``.
    """
    if not tracklets:
        nothing = np.zeros(0, np.int64)
        return Tracks(nothing, nothing, np.zeros((0, 4)), np.zeros(0, np.float32))
    parts: list[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]] = []
    for rows in tracklets:
        frame = detections.frame[rows]
        every = np.arange(frame[0], frame[-1] + 1)
        box = np.stack([np.interp(every, frame, detections.box[rows, k]) for k in range(4)], axis=1)
        sure = np.full(len(every), FILLED)
        sure[frame - frame[0]] = detections.confidence[rows]
        parts.append((every, box, sure))
    track = np.repeat(np.arange(1, len(parts) + 1), [len(frame) for frame, _, _ in parts])
    frame = np.concatenate([part[0] for part in parts])
    order = np.lexsort((track, frame))
    return Tracks(
        frame[order],
        track[order],
        np.round(np.concatenate([part[1] for part in parts])[order] + (1, 1, 0, 0), 2),
        np.concatenate([part[2] for part in parts])[order].astype(np.float32),
    )


FILLED = 0.05
"""Confidence of a box between two detections."""
