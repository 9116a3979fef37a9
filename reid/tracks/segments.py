"""Segments: tracklets after splitting."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.tracks.tracklets import TrackletFeatures


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Which box and which crop belongs to which of p segments.

    Attributes:
        tracklet: int64 of shape (p,), ascending.
        first: int64 of shape (p,): first frame of each segment.
        last: int64 of shape (p,): last frame.
        names: "7" for a tracklet or its first segment, "7@230" for one that begins at frame 230.
        row: int64 of shape (m,): the segment of each box.
        crop: int64 of shape (n,): the segment of each crop.
    """

    tracklet: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    names: tuple[str, ...]
    row: NDArray[np.int64]
    crop: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.tracklet)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """int64 of shape (p,): number of boxes."""
        return np.bincount(self.row, minlength=len(self)).astype(np.int64)


def cut_tracklets(crops: TrackletFeatures, cuts: Sequence[tuple[int, int]]) -> Segmentation:
    """Cut tracklets.

    Args:
        crops: The game.
        cuts: (tracklet, first frame of a new segment); those outside the tracklet do nothing.
    """
    tracklets = crops.tracklets
    row = _numbers(tracklets.row_tracklet, tracklets.row_frame, cuts)
    segments, where, counts = np.unique(row, return_inverse=True, return_counts=True)
    starts = np.cumsum(counts) - counts
    tracklet = tracklets.row_tracklet[starts]
    first = tracklets.row_frame[starts]
    begins = np.diff(tracklet, prepend=-1) != 0
    names = tuple(
        tracklets.names[t] if begin else f"{tracklets.names[t]}@{f}"
        for t, f, begin in zip(tracklet, first, begins, strict=True)
    )
    crop = np.searchsorted(segments, _numbers(crops.tracklet, crops.frame, cuts))
    last = tracklets.row_frame[starts + counts - 1]
    return Segmentation(tracklet, first, last, names, where.astype(np.int64), crop.astype(np.int64))


def _numbers(
    tracklet: NDArray[np.int64], frame: NDArray[np.int64], cuts: Sequence[tuple[int, int]]
) -> NDArray[np.int64]:
    """A number for each row's segment, ascending with tracklet and time."""
    passed = np.zeros(len(tracklet), np.int64)
    for number, begin in set(cuts):
        passed += (tracklet == number) & (frame >= begin)
    return tracklet * (len(cuts) + 1) + passed


def halves(segmentation: Segmentation, frame: NDArray[np.int64]) -> NDArray[np.int64]:
    """int64 of shape (n,): 2 · segment for the earlier half of its crops, else 2 · segment + 1.

    Crops of segments that have fewer than four get -1: their halves would be single crops.
    """
    order = np.lexsort((frame, segmentation.crop))
    counts = np.bincount(segmentation.crop, minlength=len(segmentation))
    first = np.cumsum(counts) - counts
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) - first[segmentation.crop[order]]
    size = counts[segmentation.crop]
    half = 2 * segmentation.crop + (2 * place >= size)
    return np.where(size >= 4, half, -1)
