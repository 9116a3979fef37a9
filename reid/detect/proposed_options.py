"""The option to propose where boxes lie beside people: which pictures the tracker really saw.

The people of a few pictures are known already, so that every usual size and rate can be tried by
arithmetic.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.tracks.boxes import intersection_over_union
from frameatlas.reid.tracks.fit import USUAL_SIZES, USUAL_STEPS, boxes_of_size, frames_of_rate
from frameatlas.reid.tracks.mot import Tracks

_SHARES = (Fraction(1, 4), Fraction(1, 3), Fraction(1, 2), Fraction(2, 3), Fraction(3, 4))
"""How much smaller, or larger, copies of videos mostly are."""

_SAME_SHAPE = 0.02
"""By how much the shapes of two sizes may differ: 854 × 480 is 16:9 but for a rounded side."""

_MOSTLY = 0.6
"""Share of boxes on people, and of people with a box, from which on an option is proposed.

Three times what chance gives at most (``boxes_on_people.MOST_WRONG``), as thirty or so options are
tried and the best is taken; not one, as detectors miss people. Set by hand, not measured.
"""

_FEWEST = 6
"""Boxes, and people, below which an option is not judged. A little below
``boxes_on_people.FEWEST``: boxes that it makes small, or moves past the last picture, are not
counted. Set by hand."""


@dataclass(frozen=True, eq=False)
class Looked:
    """The people whom a detector found in one picture.

    Attributes:
        frame: The picture's number.
        box: float64 of shape (n, 4): left, top, width, height.
        sure: bool of shape (n,): surely people.
    """

    frame: int
    box: NDArray[np.float64]
    sure: NDArray[np.bool_]


@dataclass(frozen=True)
class Counted:
    """How many boxes and people fit.

    Attributes:
        boxes: Boxes in the pictures.
        on_people: Those of them that somebody is found in.
        people: People who are surely there.
        boxed: Those of them who have a box.
    """

    boxes: int
    on_people: int
    people: int
    boxed: int

    @property
    def share(self) -> float:
        """The smaller of both shares that fit."""
        return min(self.on_people / max(self.boxes, 1), self.boxed / max(self.people, 1))


@dataclass(frozen=True)
class ProposedOption:
    """An option that puts boxes on people.

    Attributes:
        option: As it is typed.
        counted: How many fit with it.
    """

    option: str
    counted: Counted


def count(tracks: Tracks, looked: Sequence[Looked], least_height: float, overlap: float) -> Counted:
    """Count the boxes and the people that fit.

    Args:
        tracks: Boxes, whose pixels count from 1.
        looked: People of some pictures.
        least_height: Pixels below which a box is not counted.
        overlap: Intersection over union from which on a box is somebody's.
    """
    boxes = on_people = people = boxed = 0
    for picture in looked:
        own = tracks.box[tracks.frame == picture.frame]
        own = own[own[:, 3] >= least_height] - (1, 1, 0, 0)
        shared = intersection_over_union(own, picture.box) >= overlap
        boxes, people = boxes + len(own), people + int(picture.sure.sum())
        on_people += int(shared.any(axis=1).sum())
        boxed += int((shared.any(axis=0) & picture.sure).sum())
    return Counted(boxes, on_people, people, boxed)


def propose_option(
    tracks: Tracks,
    size: tuple[int, int],
    rate: Fraction,
    counted: Callable[[Tracks], Counted],
) -> ProposedOption | None:
    """The option with which boxes lie on people; None where none is clearly better.

    Args:
        tracks: The boxes as they are.
        size: Of the video.
        rate: Of the video.
        counted: Counts what fits of other boxes.
    """
    tried = []
    for other in _sizes(size):
        boxes = replace(tracks, box=boxes_of_size(tracks.box, other, size))
        tried.append((f"--track-size {other[0]}x{other[1]}", boxes))
    for step in USUAL_STEPS:
        seen = round(float(rate) / step, 3)
        slow = replace(tracks, frame=frames_of_rate(tracks.frame, seen, rate))
        tried.append((f"--track-fps {seen:g}", _around(slow, step)))
    found = [ProposedOption(option, counted(boxes)) for option, boxes in tried]
    enough = [one for one in found if min(one.counted.boxes, one.counted.people) >= _FEWEST]
    best = max(enough, key=lambda one: one.counted.share, default=None)
    if best is None or best.counted.share < _MOSTLY:
        return None
    return best if best.counted.share > counted(tracks).share else None


def _sizes(size: tuple[int, int]) -> list[tuple[int, int]]:
    """Sizes of the video's shape that a tracker may have seen."""
    width, height = size
    parts = [*_SHARES, *(1 / share for share in _SHARES)]
    found = [(round(width * part), round(height * part)) for part in parts]
    found += [s for s in USUAL_SIZES if abs(s[0] * height / (s[1] * width) - 1) < _SAME_SHAPE]
    return [other for other in dict.fromkeys(found) if other != size and min(other) > 0]


def _around(tracks: Tracks, step: int) -> Tracks:
    """Boxes that are also those of the frames around theirs, which the tracker did not see."""
    shifts = range(-(step // 2), step - step // 2)
    frame = np.concatenate([tracks.frame + shift for shift in shifts])
    rows = np.tile(np.arange(len(tracks)), len(shifts))
    return replace(tracks.rows(rows), frame=frame)
