"""Ids that pause, jump or begin anew: a track is cut where it cannot be the same person any more.

Trackers that are restarted for each shot give the ids 1, 2, 3 … again to others; trackers that lose
somebody take up whoever comes next. Both leave a leap in the boxes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.tracks.mot import Tracks

LONG_GAP = 15
"""Frames of 25 a second that somebody may be hidden and come out where they would be by then."""

LEAP = 1.5
"""Heights between the middles of successive boxes from which on it is somebody else."""

STRIDE = 0.12
"""Heights that a person moves in a frame of 25 a second at most: some five metres a second."""

GROWN = 1.8
"""Times by which a box is higher or lower after a leap that makes it somebody else's."""

SHOT = 0.6
"""Share of the tracks that go on across a frame that leap there: a cut of the camera."""

_FEWEST_AT_A_CUT = 3
_DOUBLED = 0.5
"""Boxes of one id in one frame that overlap so much are one box, written twice."""


@dataclass(frozen=True)
class CutTracks:
    """Tracks that were cut where they leap.

    Attributes:
        tracks: With ids of their own for the later parts.
        cuts: (id in the file, first frame of its later part).
    """

    tracks: Tracks
    cuts: tuple[tuple[int, int], ...]


def cut_at_leaps(tracks: Tracks, rate: float = 25.0) -> CutTracks:
    """Cut tracks.

    Args:
        tracks: Boxes by frame, then by track.
        rate: Frames a second of the video.
    """
    order = np.lexsort((tracks.frame, tracks.track))
    row, following = order[:-1], order[1:]
    same = (tracks.track[row] == tracks.track[following]) & (tracks.track[row] >= 0)
    row, following = row[same], following[same]
    if not len(row):
        return CutTracks(tracks, ())
    leaps = _leaps(tracks, row, following, rate)
    leaps |= _at_cuts_of_the_camera(tracks, row, following, leaps)
    cuts = sorted(
        (int(t), int(f))
        for t, f in zip(tracks.track[following[leaps]], tracks.frame[following[leaps]], strict=True)
    )
    return CutTracks(_renamed(tracks, cuts), tuple(cuts))


def _leaps(
    tracks: Tracks, row: NDArray[np.int64], following: NDArray[np.int64], rate: float
) -> NDArray[np.bool_]:
    """Which steps from a box to the next one of its track are too far, bool of shape (m,)."""
    box, per_frame = tracks.box, 25.0 / rate
    gap = (tracks.frame[following] - tracks.frame[row]).astype(np.float64)
    before, after = box[row], box[following]
    middle = before[:, :2] + before[:, 2:] / 2
    moved = np.hypot(*(after[:, :2] + after[:, 2:] / 2 - middle).T)
    height = np.minimum(before[:, 3], after[:, 3])
    heights = moved / np.maximum(height, 1)
    free = LEAP + STRIDE * per_frame * (gap - 1)
    far = heights > free
    away = heights > np.minimum(free, 1.0)
    grown = np.abs(np.log(after[:, 3] / before[:, 3])) > np.log(GROWN)
    paused = gap * per_frame > LONG_GAP
    return np.asarray(far | (paused & (away | grown)), bool)


def _at_cuts_of_the_camera(
    tracks: Tracks, row: NDArray[np.int64], following: NDArray[np.int64], leaps: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Steps across a frame at which most tracks leap: those that do not are other people too."""
    frames, counts = np.unique(tracks.frame[following[leaps]], return_counts=True)
    found = np.zeros(len(row), bool)
    for frame in frames[counts >= _FEWEST_AT_A_CUT]:
        across = (tracks.frame[row] < frame) & (tracks.frame[following] >= frame)
        if leaps[across].mean() >= SHOT:
            found |= across
    return found


def _renamed(tracks: Tracks, cuts: list[tuple[int, int]]) -> Tracks:
    """Later parts with ids of their own, called as segments are: ``7@230``."""
    if not cuts:
        return tracks
    track = tracks.track.copy()
    names: dict[int, str] = dict(tracks.names)
    free = int(track.max()) + 1
    for number, (old, frame) in enumerate(cuts):
        own = tracks.track == old
        track[own & (tracks.frame >= frame)] = free + number
        names[free + number] = f"{_name(tracks.names, old)}@{frame}"
    renamed = replace(tracks, track=track, names=names)
    return renamed.rows(np.lexsort((track, tracks.frame)))


def _name(names: Mapping[int, str], track: int) -> str:
    return names.get(track, str(track))


def part_repeated_ids(
    frame: NDArray[np.int64], track: NDArray[np.int64], box: NDArray[np.float64], rate: float = 25.0
) -> tuple[NDArray[np.int64], tuple[tuple[int, int], ...]]:
    """Part ids that two people bear in one frame: the boxes near one another are one track.

    Args:
        frame: int64 of shape (n,).
        track: int64 of shape (n,).
        box: float64 of shape (n, 4).
        rate: Frames a second of the video.

    Returns:
        The ids, int64 of shape (n,), of which those of later tracks are new; and (id in the file,
        first frame) of each of these, in the order of the new ids.
    """
    parted = track.copy()
    cuts: list[tuple[int, int]] = []
    order = np.lexsort((frame, track))
    same = (np.diff(track[order]) == 0) & (np.diff(frame[order]) == 0) & (track[order[1:]] >= 0)
    apart = intersection_over_union_rows(box[order[:-1]], box[order[1:]]) < _DOUBLED
    free = int(track.max(initial=0)) + 1
    for old in np.unique(track[order[1:]][same & apart]):
        own = order[track[order] == old]
        chains = _chains(frame[own], box[own], rate)
        for number in range(1, int(chains.max()) + 1):
            later = own[chains == number]
            parted[later] = free + len(cuts)
            cuts.append((int(old), int(frame[later].min())))
    return parted, tuple(cuts)


def intersection_over_union_rows(
    box: NDArray[np.float64], other: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How much each box overlaps the one in the same row, float64 of shape (n,)."""
    first = np.maximum(box[:, :2], other[:, :2])
    last = np.minimum(box[:, :2] + box[:, 2:], other[:, :2] + other[:, 2:])
    shared = np.prod(np.clip(last - first, 0, None), axis=1)
    union = np.prod(box[:, 2:], axis=1) + np.prod(other[:, 2:], axis=1) - shared
    return np.asarray(shared / np.maximum(union, 1e-9), np.float64)


def _chains(frame: NDArray[np.int64], box: NDArray[np.float64], rate: float) -> NDArray[np.int64]:
    """Which of several people each box of one id is, int64 of shape (m,), by frame: 0, 1, …."""
    chain = np.zeros(len(frame), np.int64)
    last: list[int] = []
    middle = box[:, :2] + box[:, 2:] / 2
    for row in range(len(frame)):
        costs = []
        for number, before in enumerate(last):
            gap = (frame[row] - frame[before]) * 25.0 / rate
            heights = np.hypot(*(middle[row] - middle[before])) / max(1, box[before, 3])
            if gap > 0 and heights <= LEAP + STRIDE * gap and gap <= 4 * LONG_GAP:
                costs.append((heights + gap / LONG_GAP, number))
        chain[row] = min(costs)[1] if costs else len(last)
        if costs:
            last[chain[row]] = row
        else:
            last.append(row)
    return chain
