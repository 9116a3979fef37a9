"""Who cannot be the same person: whoever was seen at the same time by the same camera."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.tracks.boxes import intersection_over_union

FEWEST_COMMON = 2
"""Frames that two segments have to share: one alone may be the tracker handing over."""

SAME_BOX = 0.7
"""Boxes that overlap so much (intersection over union) are two boxes of one person."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What the boxes tell of every two of p segments.

    Attributes:
        together: bool of shape (p, p): seen at the same time in different places: two people.
        doubled: bool of shape (p, p): seen at the same time in one place: perhaps one person with
            two tracks.
        most: Most segments that are seen at the same time and are not doubled.
        common: int32 of shape (p, p): frames in which both are seen; 0 on the diagonal.
    """

    together: NDArray[np.bool_]
    doubled: NDArray[np.bool_]
    most: int
    common: NDArray[np.int32]


def seen_together(
    segments: int,
    segment: NDArray[np.int64],
    timestamp: NDArray[np.int64],
    box: NDArray[np.float64],
) -> Seen:
    """Compare boxes of the same moment.

    Args:
        segments: Their number, p.
        segment: int64 of shape (m,): the segment of each box.
        timestamp: int64 of shape (m,): equal for boxes of the same frame of the same video.
        box: float64 of shape (m, 4): left, top, width, height.
    """
    common = np.zeros((segments, segments), np.int32)
    overlap = np.zeros((segments, segments), np.float32)
    most = 0
    order = np.lexsort((segment, timestamp))
    segment, timestamp, box = segment[order], timestamp[order], box[order]
    starts = np.flatnonzero(np.diff(timestamp, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(timestamp)], strict=True):
        who = segment[start:stop]
        shared = intersection_over_union(box[start:stop])
        common[np.ix_(who, who)] += 1
        overlap[np.ix_(who, who)] += shared
        most = max(most, int((~(np.triu(shared, 1) >= SAME_BOX).any(axis=0)).sum()))
    np.fill_diagonal(common, 0)
    enough = common >= FEWEST_COMMON
    same = overlap >= SAME_BOX * np.maximum(common, 1)
    return Seen(enough & ~same, enough & same, most, common)
