"""True tracks broken as a tracker breaks them: cut, with boxes lost, switched, and taken over.

Any ground truth becomes tracklets whose people are known, and so a test of what joins them.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.reid.tracks.mot import Tracks

LEAST = 10
"""Boxes on both sides of a switch: a shorter one is lost in the noise of any tracker."""

REACH = 1.5
"""Heights that a tracklet leaps at most to go over to somebody: farther, trackers let go."""


@dataclass(frozen=True)
class Breakage:
    """How badly a tracker does.

    Attributes:
        mean_length: Mean number of frames between cuts; they come at random.
        lost: Frames without boxes at each cut.
        patience: A person who is out of sight for more frames than this comes back as another.
        switches: Share of tracklets that show two people, 0 to 1.
        takeovers: Share of tracklets that go over to somebody near who has no tracklet just then,
            0 to 1; whom they leave is lost for a while. Fewer where nobody is near.
        shortest: Tracklets of fewer boxes are left out, as most trackers do.
        seed: Decides where.
    """

    mean_length: float = 60.0
    lost: int = 5
    patience: int = 10
    switches: float = 0.0
    takeovers: float = 0.0
    shortest: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        shares = (self.switches, self.takeovers)
        if not (
            self.mean_length > 0 and all(0 <= share <= 1 for share in shares) and self.shortest >= 1
        ):
            raise InputError(
                "Expected a positive mean length, a share of switches and of takeovers between 0 "
                f"and 1, and at least one box. Received: {self.mean_length}, {self.switches}, "
                f"{self.takeovers}, {self.shortest}."
            )


@dataclass(frozen=True, eq=False)
class BrokenTracks:
    """Tracklets, and who is who in truth.

    Attributes:
        tracks: The boxes that are left; ``track`` is the tracklet, from 1.
        identity: int64 of shape (n,), the person whom each box shows.
    """

    tracks: Tracks
    identity: NDArray[np.int64]

    @property
    def impure(self) -> int:
        """Tracklets that show more than one person."""
        pairs = np.unique(np.stack([self.tracks.track, self.identity]), axis=1)
        return int((np.unique(pairs[0], return_counts=True)[1] > 1).sum())


def break_tracks(truth: Tracks, how: Breakage) -> BrokenTracks:
    """Break the true tracks of one video.

    Args:
        truth: Boxes of people; ``track`` is the person.
        how: How badly.
    """
    random = np.random.default_rng(how.seed)
    kept: list[NDArray[np.int64]] = []
    segments: list[NDArray[np.int64]] = []
    for person in np.unique(truth.track[truth.track >= 0]):
        rows = np.flatnonzero(truth.track == person)
        for part in _parts(truth.frame[rows], how, random):
            kept.append(rows[part])
            segments.append(np.full(len(part), len(segments)))
    if not kept:
        raise InputError(
            f"Expected tracks of {how.shortest} boxes or more. Received: none is that long."
        )
    chosen, segment = np.concatenate(kept), np.concatenate(segments)
    order = np.lexsort((segment, truth.frame[chosen]))
    chosen, segment = chosen[order], segment[order]
    boxes = truth.rows(chosen)
    _switch(boxes, segment, how.switches, random)
    kept_rows = _take_over(boxes, segment, truth.track[chosen], how)
    boxes, segment, chosen = boxes.rows(kept_rows), segment[kept_rows], chosen[kept_rows]
    numbers = np.unique(segment, return_inverse=True)[1] + 1
    return BrokenTracks(replace(boxes, track=numbers.astype(np.int64)), truth.track[chosen])


def _parts(
    frames: NDArray[np.int64], how: Breakage, random: np.random.Generator
) -> list[NDArray[np.int64]]:
    """The boxes of one person, by their places in ``frames``, parted as a tracker parts them."""
    cuts = frames[0] + np.cumsum(
        random.exponential(how.mean_length, 2 + 3 * int(np.ptp(frames) / how.mean_length + 1))
    )
    after = np.searchsorted(cuts, frames, side="right")
    before_cut = np.concatenate([[-np.inf], cuts])[after]
    lost = frames - before_cut < how.lost
    stretch = np.concatenate([[0], np.cumsum(np.diff(frames) > how.patience)])
    part = stretch + after * (stretch[-1] + 1)
    parts = [np.flatnonzero((part == number) & ~lost) for number in np.unique(part)]
    return [places for places in parts if len(places) >= how.shortest]


def _switch(
    boxes: Tracks, segment: NDArray[np.int64], share: float, random: np.random.Generator
) -> None:
    """Swap the rest of two tracklets that come near each other, in place, until enough are."""
    count = len(np.unique(segment))
    wanted, switched = round(share * count), 0
    free = np.ones(count, bool)
    for number in random.permutation(count):
        if switched >= wanted:
            return
        meeting = _meeting(boxes, segment, number, free) if free[number] else None
        if meeting is None:
            continue
        other, frame = meeting
        later = boxes.frame >= frame
        first, second = later & (segment == number), later & (segment == other)
        segment[first], segment[second] = other, number
        free[[number, other]] = False
        # The other may go on after the frame with nothing of its own before it: still one switch.
        switched += 1 + int((segment[~later] == other).any())


def _meeting(
    boxes: Tracks, segment: NDArray[np.int64], number: int, free: NDArray[np.bool_]
) -> tuple[int, int] | None:
    """The tracklet that comes nearest to another, and the frame; None if it is always alone."""
    own = np.flatnonzero(segment == number)[LEAST:-LEAST]
    nearest, found = np.inf, None
    for row in own:
        here = np.flatnonzero((boxes.frame == boxes.frame[row]) & free[segment])
        here = here[segment[here] != number]
        if not len(here):
            continue
        middle = boxes.box[:, :2] + boxes.box[:, 2:] / 2
        distance = np.hypot(*(middle[here] - middle[row]).T) / boxes.box[row, 3]
        for place in np.argsort(distance):
            rest = np.flatnonzero(segment == segment[here[place]])
            after = (boxes.frame[rest] >= boxes.frame[row]).sum()
            enough = after >= LEAST and len(rest) - after >= LEAST
            if enough and distance[place] < nearest:
                nearest, found = distance[place], (int(segment[here[place]]), int(boxes.frame[row]))
                break
    return found


def _take_over(
    boxes: Tracks, segment: NDArray[np.int64], person: NDArray[np.int64], how: Breakage
) -> NDArray[np.int64]:
    """Let tracklets go over to people of whom one begins just then, in place, the nearest first.

    Returns:
        The rows that are left: who was lost has no boxes for a while, and then another tracklet.
    """
    kept = np.ones(len(segment), bool)
    wanted = round(how.takeovers * len(np.unique(segment)))
    if not wanted:
        return np.arange(len(segment))
    free = np.ones(int(segment.max()) + 1, bool)
    for _, old, new in sorted(_near_beginnings(boxes, segment, person)):
        if not (wanted and free[old] and free[new]):
            continue
        begin = boxes.frame[segment == new].min()
        left = (segment == old) & (boxes.frame >= begin)
        segment[segment == new] = old
        back = left & (boxes.frame >= begin + how.lost)
        kept &= ~left
        if back.sum() >= how.shortest:
            kept |= back
            segment[back] = new  # whom it left is found again, as somebody else
        free[[old, new]] = False
        wanted -= 1
    return np.flatnonzero(kept)


def _near_beginnings(
    boxes: Tracks, segment: NDArray[np.int64], person: NDArray[np.int64]
) -> list[tuple[float, int, int]]:
    """(heights apart, tracklet, one of somebody else that begins beside it), each long enough."""
    found = []
    middle = boxes.box[:, :2] + boxes.box[:, 2:] / 2
    for new in np.unique(segment):
        own = np.flatnonzero(segment == new)
        first = own[boxes.frame[own].argmin()]
        if len(own) < LEAST:
            continue
        here = np.flatnonzero((boxes.frame == boxes.frame[first]) & (person != person[first]))
        apart = np.hypot(*(middle[here] - middle[first]).T) / boxes.box[first, 3]
        for row, heights in zip(here[apart <= REACH], apart[apart <= REACH], strict=True):
            before = (segment == segment[row]) & (boxes.frame < boxes.frame[first])
            if before.sum() >= LEAST:
                found.append((float(heights), int(segment[row]), int(new)))
    return found
