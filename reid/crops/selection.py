"""Which boxes become crops: the best of every few frames of a tracklet, and not too many."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.tracks.mot import Tracks

MOST_CROPS = 40
"""Crops of one tracklet: more of the same person in the same pose say nothing new."""

APART = 5
"""Frames of which at most one becomes a crop."""

WORST = 0.1
"""Crops of less quality are not made."""

FULL_HEIGHT = 96.0
"""Pixels from which on a taller box is no better."""

LEAST_SIDE = 4.0
"""Pixels; of a smaller part nobody could say whose it is."""

LEAST_INSIDE = 0.3
"""Share of a box that has to lie within the picture."""


@dataclass(frozen=True, eq=False)
class CropPlan:
    """Boxes of one video that become crops, by frame, then by track.

    Attributes:
        frame: int64 of shape (n,).
        track: int64 of shape (n,): the tracker's id.
        box: float64 of shape (n, 4): left, top, width, height as in the file of tracks.
        quality: float32 of shape (n,) in [0, 1]: all of it that can be told without pixels.
    """

    frame: NDArray[np.int64]
    track: NDArray[np.int64]
    box: NDArray[np.float64]
    quality: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.frame)


def plan_crops(tracks: Tracks, size: tuple[int, int]) -> CropPlan:
    """Choose crops by the boxes alone.

    Args:
        tracks: The boxes of one video.
        size: Width and height of the video in pixels; (0, 0) where they are not known.
    """
    quality = box_quality(tracks, size)
    known = np.flatnonzero((tracks.track >= 0) & (quality >= WORST))
    order = known[np.lexsort((tracks.frame[known], tracks.track[known]))]
    ids, starts = np.unique(tracks.track[order], return_index=True)
    chosen = [
        _best(rows, tracks.frame[rows], quality[rows])
        for rows in np.split(order, starts[1:])
        if len(ids)
    ]
    rows = np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, np.int64)
    return CropPlan(tracks.frame[rows], tracks.track[rows], tracks.box[rows], quality[rows])


def _best(
    rows: NDArray[np.int64], frame: NDArray[np.int64], quality: NDArray[np.float32]
) -> NDArray[np.int64]:
    """The best row of each of at most 40 equal spans of a tracklet, of 5 frames or more."""
    span = int(frame[-1] - frame[0]) + 1
    block = (frame - frame[0]) // max(APART, -(-span // MOST_CROPS))
    order = np.lexsort((frame, -quality, block))
    _, first = np.unique(block[order], return_index=True)
    return rows[order[first]]


def box_quality(tracks: Tracks, size: tuple[int, int]) -> NDArray[np.float32]:
    """How much a crop of each box would be worth, float32 of shape (n,) in [0, 1].

    Confidence × height up to 96 pixels × the part that no other box overlaps × the part within
    the picture.
    """
    confidence = tracks.confidence.astype(np.float64)
    if len(confidence) and confidence.max() > 1:
        confidence = confidence / confidence.max()
    height = np.minimum(1, tracks.box[:, 3] / FULL_HEIGHT)
    inside = inside_share(tracks.box, size)
    width_inside = np.sqrt(inside) * np.minimum(tracks.box[:, 2], tracks.box[:, 3])
    usable = (inside >= LEAST_INSIDE) & (width_inside >= LEAST_SIDE)
    quality = confidence * height * (1 - overlaps(tracks)) * inside * usable
    return np.clip(quality, 0, 1).astype(np.float32)


def inside_share(box: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
    """Share of each box within a picture of this size; with (0, 0), above and left of nothing."""
    right, bottom = (float(side) if side else np.inf for side in size)
    x, y, width, height = box.T
    across = np.minimum(x - 1 + width, right) - np.maximum(x - 1, 0)
    down = np.minimum(y - 1 + height, bottom) - np.maximum(y - 1, 0)
    return np.asarray(np.clip(across, 0, None) * np.clip(down, 0, None) / (width * height))


def overlaps(tracks: Tracks) -> NDArray[np.float64]:
    """For each box, the largest share of it that one other box of its frame covers."""
    largest = np.zeros(len(tracks))
    starts = np.flatnonzero(np.diff(tracks.frame, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(tracks)], strict=True):
        box = tracks.box[start:stop]
        left, top = box[:, :2].T
        right, bottom = left + box[:, 2], top + box[:, 3]
        across = np.minimum.outer(right, right) - np.maximum.outer(left, left)
        down = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
        shared = np.clip(across, 0, None) * np.clip(down, 0, None)
        np.fill_diagonal(shared, 0)
        largest[start:stop] = shared.max(axis=1) / (box[:, 2] * box[:, 3])
    return largest
