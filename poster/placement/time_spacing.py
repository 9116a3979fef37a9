"""Frames of one video that are close in time look alike: keep those on a poster apart."""

from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from frameatlas.poster.placement.assignment import EMPTY, NEAREST, nearest

SLACK = 1e-6
"""Seconds by which two frames may be nearer than asked: times are stored as rounded fractions."""


@dataclass
class TakenTimestamps:
    """The moments already taken of each video.

    Attributes:
        apart: Seconds that frames of one video are to keep; 0 asks nothing.
        of_source: Ascending seconds, by the source's number.
    """

    apart: float
    of_source: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def free(self, source: int, seconds: float) -> bool:
        """Whether a frame keeps its distance in time from all that are taken."""
        taken = self.of_source[source]
        place = bisect_left(taken, seconds - self.apart + SLACK)
        return place == len(taken) or taken[place] >= seconds + self.apart - SLACK

    def take(self, source: int, seconds: float) -> None:
        """Note a frame that is on the poster."""
        insort(self.of_source[source], seconds)

    def release(self, source: int, seconds: float) -> None:
        """Forget a frame that left the poster."""
        taken = self.of_source[source]
        del taken[bisect_left(taken, seconds)]


@dataclass(frozen=True, eq=False)
class Timestamps:
    """When each frame is, and of which source.

    Attributes:
        source: int32 of shape (n,): number of its source; photos have one of their own each.
        seconds: float64 of shape (n,).
    """

    source: NDArray[np.int32]
    seconds: NDArray[np.float64]

    def of(self, frame: int) -> tuple[int, float]:
        """Source and seconds of one frame."""
        return int(self.source[frame]), float(self.seconds[frame])


def thin(moments: Timestamps, order: NDArray[np.int64], apart: float) -> NDArray[np.int64]:
    """As many frames as can keep apart, the first group first.

    Args:
        moments: When each frame is.
        order: int64: frames in the order in which they are asked; ascending in time it keeps as
            many as possible.
        apart: Seconds.

    Returns:
        int64: those that are kept, in the same order.
    """
    taken = TakenTimestamps(apart)
    kept = []
    for frame in order.tolist():
        moment = moments.of(frame)
        if taken.free(*moment):
            taken.take(*moment)
            kept.append(frame)
    return np.array(kept, np.int64)


def move_nearer(
    cells: NDArray[np.float64],
    frames: NDArray[np.float64],
    chosen: NDArray[np.int64],
    moments: Timestamps,
    apart: float,
) -> NDArray[np.int64]:
    """Give cells nearer frames that thinning left out, where the seconds allow it.

    Args:
        cells: float64 of shape (m, 2).
        frames: float64 of shape (n, 2), all frames.
        chosen: int64 of shape (m,): a frame for each cell, or ``EMPTY``.
        moments: When each frame is.
        apart: Seconds that are kept.

    Returns:
        int64 of shape (m,); no cell is farther from its frame than before.
    """
    chosen = chosen.copy()
    taken = TakenTimestamps(apart)
    for frame in chosen[chosen != EMPTY].tolist():
        taken.take(*moments.of(frame))
    near = nearest(cells, frames, NEAREST)
    used = set(chosen.tolist())
    for cell in range(len(cells)):
        _move(cell, cells, frames, near[cell].tolist(), chosen, used, moments, taken)
    return chosen


def _move(
    cell: int,
    cells: NDArray[np.float64],
    frames: NDArray[np.float64],
    near: list[int],
    chosen: NDArray[np.int64],
    used: set[int],
    moments: Timestamps,
    taken: TakenTimestamps,
) -> None:
    """One cell takes the nearest frame that is free; its own where there is no nearer one."""
    own = int(chosen[cell])
    most = np.inf
    if own != EMPTY:
        most = float(np.linalg.norm(frames[own] - cells[cell]))
        taken.release(*moments.of(own))
    for frame in near:
        if float(np.linalg.norm(frames[frame] - cells[cell])) >= most:
            break
        if frame not in used and taken.free(*moments.of(frame)):
            used.discard(own)
            used.add(frame)
            chosen[cell] = own = frame
            break
    if own != EMPTY:
        taken.take(*moments.of(own))
