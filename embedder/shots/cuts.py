"""Hard cuts: one frame to the next, and nothing on one side that is like anything on the other."""

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.shots.differences import Planes, differences

LEAST = 6.0
"""Difference below which two pictures are never a cut apart."""

MOVING = 2.0
"""How often the difference of a cut is that of its neighbours in a shot full of movement."""

AROUND = 8
"""Frames before and after by which the movement of a shot is judged."""

APART = 4
"""Frames between two cuts, at least."""

_BEFORE, _AFTER = (-1, -2, -4, -8), (0, 1, 3, 7)
"""Frames that must be unlike across a cut: a flash, or a picture lost, has its like beyond it."""

RESTLESS = 1.5
"""Difference between neighbours, in levels, from which on a camera may be turning."""

TURNED = 0.4
"""Part of a difference that is left where a picture is only shifted: a camera was turned."""

SURELY_TURNED = 0.1
"""The same, so little that movement beside the step is enough, and none further off is asked for:
a camera may be thrown round once. Two shots have .3 and more."""

_SHIFTS = tuple((dy, dx) for dy in range(-6, 7, 2) for dx in range(-16, 17, 2) if dy or dx)
"""Down and across, in places of 18 and 32, by which a camera may turn from frame to frame."""

_BATCH = 512


def consecutive(planes: Planes) -> NDArray[np.float32]:
    """float32 of shape (n,): how unlike each frame is to the one before it; 0 for the first."""
    n = len(planes)
    found = np.zeros(n, np.float32)
    for start in range(1, n, _BATCH):
        stop = min(start + _BATCH, n)
        found[start:stop] = differences(planes, slice(start - 1, stop - 1), slice(start, stop))
    return found


def find_cuts(planes: Planes, steps: NDArray[np.float32]) -> list[tuple[int, float]]:
    """Hard cuts.

    Args:
        planes: The pictures.
        steps: What ``consecutive`` gives for them.

    Returns:
        For each the number of the new shot's first frame, and how unlike the two shots are.
    """
    movement = _movement(steps)
    threshold = LEAST + MOVING * movement
    found: list[tuple[int, float]] = []
    for place in np.flatnonzero(steps > threshold).tolist():
        window = steps[max(0, place - 2) : place + 3]
        strength = _across(planes, place) if steps[place] == window.max() else 0.0
        if strength < LEAST:
            continue
        if _is_turned(planes, steps, place, float(movement[place])):
            continue
        if found and place - found[-1][0] < APART:
            if strength <= found[-1][1]:
                continue
            found.pop()
        found.append((place, strength))
    return found


def _movement(steps: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the steps around each are like, the step itself and both beside it left out."""
    padded = np.pad(steps, AROUND, mode="reflect") if len(steps) > AROUND else steps
    if len(steps) <= AROUND:
        return np.zeros_like(steps)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1)
    beside = np.delete(windows, (AROUND - 1, AROUND, AROUND + 1), axis=1)
    return np.asarray(np.percentile(beside, 75, axis=1), np.float32)


def _is_turned(planes: Planes, steps: NDArray[np.float32], place: int, movement: float) -> bool:
    """Whether a frame shows what the one before it shows, but from a camera that was turned."""
    beside = float(max(steps[place - 1], steps[min(place + 1, len(steps) - 1)]))
    if max(movement, beside) <= RESTLESS:
        return False
    least = shifted_difference(planes, place - 1, place)
    return least < (TURNED if movement > RESTLESS else SURELY_TURNED) * float(steps[place])


def shifted_difference(planes: Planes, before: int, after: int) -> float:
    """The least difference of two frames, in levels, one of them shifted against the other."""
    return min(_shifted(planes, before, after, dy, dx) for dy, dx in _SHIFTS)


def _shifted(planes: Planes, before: int, after: int, dy: int, dx: int) -> float:
    """Difference of two frames, one of them shifted, where both show something."""
    total = 0.0
    for plane, scale in ((planes.luma, 1), (planes.chroma[0], 2), (planes.chroma[1], 2)):
        height, width = plane.values.shape[1:]
        down, across = dy // scale, dx // scale
        here = (
            slice(max(0, down), height + min(0, down)),
            slice(max(0, across), width + min(0, across)),
        )
        there = (
            slice(max(0, -down), height + min(0, -down)),
            slice(max(0, -across), width + min(0, -across)),
        )
        value, low, high = (x[after][here] for x in (plane.values, plane.low, plane.high))
        other, low_other, high_other = (
            x[before][there] for x in (plane.values, plane.low, plane.high)
        )
        beyond = np.maximum(np.maximum(value - high_other, low_other - value), 0).mean()
        beyond += np.maximum(np.maximum(other - high, low - other), 0).mean()
        total += float(beyond) / 2
    return total


def _across(planes: Planes, place: int) -> float:
    """The least difference of any frame before a place to any after it."""
    before = [k for b in _BEFORE if (k := place + b) >= 0]
    after = [j for a in _AFTER if (j := place + a) < len(planes)]
    pairs = np.array([(k, j) for k in before for j in after], np.intp)
    return float(differences(planes, pairs[:, 0], pairs[:, 1]).min())
