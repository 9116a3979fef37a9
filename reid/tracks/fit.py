"""Tracks are fitted to their video, and refused where they cannot be of it: before any crop is cut.

A tracker may have seen a smaller copy, every fifth frame, or another film. What can be told by the
boxes alone is told here, in one sentence with its cause and the option that mends it.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.reid.tracks.formats.table import TrackTable
from frameatlas.reid.tracks.options import TrackOptions

USUAL_SIZES = (
    *((3840, 2160), (2560, 1440), (1920, 1080), (1280, 720), (960, 540), (854, 480), (640, 360)),
    *((1024, 576), (768, 576), (720, 576), (640, 480), (384, 288), (352, 288), (320, 240)),
)
"""Sizes of pictures that trackers mostly see."""

LEAST_INSIDE = 0.9
"""Share of the boxes' area that has to lie within the pictures."""

MOST_BEYOND = 0.02
"""Share of boxes that may lie beyond the last frame: containers say lengths a little wrong."""

EARLY = 0.6
"""Tracks that end before this share of the film may be of fewer frames a second."""

USUAL_STEPS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 25, 30)
_USUAL_RATES = (23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60, 100, 120)


@dataclass(frozen=True)
class PictureFacts:
    """What of a video tracks have to agree with.

    Attributes:
        size: Width and height in pixels; (0, 0) where not known.
        count: Number of frames; 0 where not known.
        rate: Frames a second.
    """

    size: tuple[int, int]
    count: int
    rate: Fraction


@dataclass(frozen=True)
class Fitted:
    """A table whose boxes are pixels of the video and whose frames are its own.

    Attributes:
        table: Frames from 1.
        notes: Sentences for the user.
    """

    table: TrackTable
    notes: tuple[str, ...]


def fit(table: TrackTable, facts: PictureFacts, options: TrackOptions, place: str) -> Fitted:
    """Fit a table to its video.

    Args:
        table: The boxes of people.
        facts: Of the video.
        options: What the user says.
        place: The file, for messages.

    Raises:
        InputError: They cannot be of this video as they are; the message says what would mend it.
    """
    table = _from_one(table)
    if options.rate is not None:
        table = replace(table, frame=frames_of_rate(table.frame, options.rate, facts.rate))
    table, notes = _in_pixels(table, facts, options)
    _refuse_corners(table, facts, place)
    _refuse_outside(table, facts, place)
    table, more = _within_film(table, facts, options, place)
    return Fitted(table, (*notes, *more))


def boxes_of_size(
    box: NDArray[np.float64], seen: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.float64]:
    """Boxes in pictures of one size, where a tracker saw them in another: ``--track-size``.

    Args:
        box: float64 of shape (n, 4): left, top, width, height.
        seen: Width and height of the pictures that the tracker saw.
        size: Those of the video.
    """
    scale: NDArray[np.float64] = np.array([size[0] / seen[0], size[1] / seen[1]] * 2)
    return box * scale


def frames_of_rate(frame: NDArray[np.int64], seen: float, rate: Fraction) -> NDArray[np.int64]:
    """Frames of a video, where a tracker saw fewer or more a second: ``--track-fps``.

    Args:
        frame: int64 of shape (n,): as the tracker counted, from 1.
        seen: Frames a second that it saw.
        rate: Those of the video.
    """
    elapsed = (frame - 1).astype(np.float64) * (float(rate) / seen)
    return np.rint(elapsed).astype(np.int64) + 1


def _from_one(table: TrackTable) -> TrackTable:
    """Frames counted from 1: a file that begins at 0, or that reaches the last one from 0."""
    zero = table.first == 0 or (table.first is None and table.frame.min(initial=1) == 0)
    return replace(table, frame=table.frame + 1, first=1) if zero else replace(table, first=1)


def _in_pixels(
    table: TrackTable, facts: PictureFacts, options: TrackOptions
) -> tuple[TrackTable, tuple[str, ...]]:
    """Boxes in pixels of the video, and what was done to them."""
    width, height = facts.size
    largest = float(np.abs(table.box).max(initial=0))
    notes: tuple[str, ...] = ()
    size = options.size
    if size is None and not table.normalised and 0 < largest <= 2:
        size = (1, 1)
        notes = (
            "Every box is smaller than two pixels: they are taken as shares of the picture, as "
            "--track-size 1x1 says.",
        )
    if size is None and table.normalised:
        size = (1, 1)
    if size is None and table.size not in ((0, 0), facts.size) and width:
        size = table.size
        shown = "×".join(map(str, size))
        notes = (f"The tracks are of pictures of {shown}, and scaled to {width}×{height}.",)
    if size is None or not width:
        return table, notes
    return replace(table, box=boxes_of_size(table.box, size, facts.size), normalised=False), notes


def _refuse_corners(table: TrackTable, facts: PictureFacts, place: str) -> None:
    """Refuse x1, y1, x2, y2 that were taken for left, top, width, height."""
    width, height = facts.size
    if not width or not len(table):
        return
    box = table.box
    right, bottom = box[:, 0] + box[:, 2], box[:, 1] + box[:, 3]
    ordered = ((box[:, 2] > box[:, 0]) & (box[:, 3] > box[:, 1])).mean() > 0.95
    far = ((right > 1.05 * width) | (bottom > 1.05 * height)).mean()
    ends = (box[:, 2] <= 1.02 * width).mean() > 0.95 and (box[:, 3] <= 1.02 * height).mean() > 0.95
    if ordered and far > 0.2 and ends:
        raise InputError(
            f"Expected boxes as left, top, width, height in {place}. Received: {far:.0%} of them "
            f"end outside the pictures of {width}×{height}, as x1,y1,x2,y2 would; give the file a "
            "header that names its columns, such as frame,id,x1,y1,x2,y2."
        )


def _refuse_outside(table: TrackTable, facts: PictureFacts, place: str) -> None:
    width, height = facts.size
    if not width or not len(table):
        return
    far = outside_share(table.box, facts.size)
    if far <= 1 - LEAST_INSIDE:
        return
    reach = _reach(table.box)
    larger = [s for s in USUAL_SIZES if s[0] >= 0.97 * reach[0] and s[1] >= 0.97 * reach[1]]
    larger = [s for s in larger if s[0] > width]
    hint = "x".join(map(str, larger[-1])) if larger else "WIDTHxHEIGHT"
    raise InputError(
        f"Expected boxes within the pictures of {width}×{height} in {place}. Received: {far:.0%} "
        f"of their area lies outside, up to {reach[0]:.0f},{reach[1]:.0f}; if the tracker saw "
        f"larger pictures, say so with --track-size {hint}, else they are of another video."
    )


def outside_share(box: NDArray[np.float64], size: tuple[int, int]) -> float:
    """The share of the boxes' area that lies outside pictures of a size."""
    right = np.clip(box[:, 0] + box[:, 2], 0, size[0])
    bottom = np.clip(box[:, 1] + box[:, 3], 0, size[1])
    across = np.clip(right - np.clip(box[:, 0], 0, size[0]), 0, None)
    down = np.clip(bottom - np.clip(box[:, 1], 0, size[1]), 0, None)
    return float(1 - (across * down).sum() / max((box[:, 2] * box[:, 3]).sum(), 1e-9))


def _reach(box: NDArray[np.float64]) -> tuple[float, float]:
    """How far nearly all boxes reach to the right and down."""
    return (
        float(np.percentile(box[:, 0] + box[:, 2], 99.5)),
        float(np.percentile(box[:, 1] + box[:, 3], 99.5)),
    )


def _within_film(
    table: TrackTable, facts: PictureFacts, options: TrackOptions, place: str
) -> tuple[TrackTable, tuple[str, ...]]:
    """The rows within the film; refused where many lie beyond its end."""
    if not facts.count or not len(table):
        return table, ()
    first, last = int(table.frame.min()), int(table.frame.max())
    beyond = table.frame > facts.count
    if beyond.mean() > MOST_BEYOND:
        raise InputError(
            f"Expected boxes of frames 1 to {facts.count} in {place}, as the video has. Received: "
            f"{int(beyond.sum())} of {len(table)} boxes of frames beyond them, up to {last}; the "
            f"tracks are of a longer recording{_rate_hint(first, last, facts)}."
        )
    if beyond.any():
        return table.rows(~beyond), (
            f"{count_of(int(beyond.sum()), 'box', 'boxes')} left out: of frames beyond the last, "
            f"{facts.count}.",
        )
    if last < EARLY * facts.count and options.rate is None:
        return table, early_notes(last, facts)
    return table, ()


def early_notes(last: int, facts: PictureFacts) -> tuple[str, ...]:
    """What to say of tracks that end far before the film, as if of every k-th frame of it."""
    step = facts.count / max(last, 1)
    if round(step) not in USUAL_STEPS or abs(step / round(step) - 1) > 0.04:
        return ()
    rate = round(float(facts.rate) / round(step), 3)
    return (
        f"The tracks end at frame {last} of {facts.count}: if the tracker saw every "
        f"{round(step)}th frame, say so with --track-fps {rate:g}.",
    )


def _rate_hint(first: int, last: int, facts: PictureFacts) -> str:
    """How to say that the tracker saw more frames a second, where it may have."""
    wanted = float(facts.rate) * last / facts.count
    nearest = min(_USUAL_RATES, key=lambda rate: abs(rate - wanted))
    if first > 0.2 * facts.count or abs(nearest - wanted) > 0.06 * wanted:
        return ", or name the video that they are of"
    return f", or of more frames a second: then say so with --track-fps {nearest:g}"
