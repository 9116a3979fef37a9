"""Boxes of a detector, which have no ids, become short tracklets: linked where they overlap.

No tracker: a person who is hidden for more than a moment begins anew, and that is right. Short
tracklets of one person each can be joined later by what they show; wrong ones cannot be parted.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from frameatlas.reid.tracks.boxes import intersection_over_union
from frameatlas.reid.tracks.mot import Tracks

LEAST_OVERLAP = 0.5
"""Intersection over union of a person's boxes in successive frames."""

MOST_GAP = 2
"""Frames after which a box is no longer a continuation."""

LEAST_CONFIDENCE = 0.3
"""Detections of less are mostly of nobody."""

DOUBLED = 0.7
"""Of boxes of one frame that overlap so much, the surest one counts."""


def with_short_tracks(tracks: Tracks) -> Tracks:
    """Give ids to boxes that have none.

    Args:
        tracks: Boxes by frame; their ids are ignored.

    Returns:
        The boxes that are sure enough, with ids from 1.
    """
    most = max(1.0, float(tracks.confidence.max(initial=0)))
    sure = tracks.rows(tracks.confidence >= LEAST_CONFIDENCE * most)
    if not len(sure):
        sure = tracks
    sure = sure.rows(_not_doubled(sure))
    ids = np.zeros(len(sure), np.int64)
    last_row: list[int] = []
    starts = np.flatnonzero(np.diff(sure.frame, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(sure)], strict=True):
        frame = int(sure.frame[start])
        alive = [t for t, row in enumerate(last_row) if frame - sure.frame[row] <= MOST_GAP]
        rows = np.arange(start, stop)
        for place, track in _continue(sure.box, [last_row[t] for t in alive], rows):
            ids[rows[place]] = alive[track] + 1
            last_row[alive[track]] = int(rows[place])
        for row in rows[ids[rows] == 0]:
            last_row.append(int(row))
            ids[row] = len(last_row)
    order = np.lexsort((ids, sure.frame))
    return replace(sure, track=ids).rows(order)


def _continue(
    box: NDArray[np.float64], before: list[int], now: NDArray[np.int64]
) -> list[tuple[int, int]]:
    """Which boxes now (by their place) continue which earlier ones."""
    if not before:
        return []
    both = intersection_over_union(np.concatenate([box[before], box[now]]))
    shared = both[: len(before), len(before) :]
    pairs = zip(*linear_sum_assignment(-shared), strict=True)
    return [(int(n), int(b)) for b, n in pairs if shared[b, n] >= LEAST_OVERLAP]


def _not_doubled(tracks: Tracks) -> NDArray[np.bool_]:
    """Which boxes are not on a surer one of their frame."""
    kept = np.ones(len(tracks), bool)
    starts = np.flatnonzero(np.diff(tracks.frame, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(tracks)], strict=True):
        shared = intersection_over_union(tracks.box[start:stop])
        order = np.argsort(-tracks.confidence[start:stop], kind="stable")
        for place, row in enumerate(order):
            surer = order[:place]
            surer = surer[kept[start + surer]]
            kept[start + row] = not (shared[row, surer] >= DOUBLED).any()
    return kept
