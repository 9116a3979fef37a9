"""Shots of a film by its tracklets alone: no tracklet goes on over a cut of the camera.

A moment at which nobody is followed ends a shot, too, whether there was a cut or not: it is told
by the pictures whether the camera is another one afterwards.
"""

import numpy as np
from numpy.typing import NDArray

# Set by hand; what each does to what is found is in decision 59.

GOING_ON = 0.25
"""Share of the tracklets on either side of a cut that a tracker leads over it by mistake."""

FEWEST = 3
"""Tracklets that end, and that begin, at a cut over which others go on."""

LATE = 3
"""Frames within which all of a cut's tracklets end and begin."""


def first_frames(first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first frame of every shot but the first one, ascending.

    Args:
        first: int64 of shape (t,): the first frame of each tracklet of one film.
        last: int64 of shape (t,): the last one.
    """
    found: list[int] = []
    begins, ends = np.sort(first), np.sort(last)

    def count(values: NDArray[np.int64], start: int, stop: int) -> int:
        return int(np.searchsorted(values, stop) - np.searchsorted(values, start))

    for frame in np.unique(first)[1:].tolist():
        ended, begun = count(ends, frame - LATE, frame), count(begins, frame, frame + LATE)
        # who has begun before, and has not ended yet
        over = int(np.searchsorted(begins, frame) - np.searchsorted(ends, frame))
        few = min(ended, begun) >= FEWEST and over <= GOING_ON * min(ended, begun)
        if over == 0 or (few and not (found and frame - found[-1] <= LATE)):
            found.append(frame)
    return np.array(found, np.int64)
