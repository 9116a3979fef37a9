"""Frames to cells, no frame twice, so that the sum of the distances is as small as can be.

Strictly the sum of their powers: of all that are about as short, that in which many frames step
aside is taken, and none leaps over others into a strange neighbourhood.

Small posters are solved exactly: in an optimal assignment no cell needs a frame beyond its m
nearest, m being the number of cells, since the others take m - 1 of them. Large ones begin with a
division of the window into blocks that is sure to give every cell a frame, and then solve again and
again blocks that lie across the borders of those before. SciPy's sparse matching over each cell's
nearest frames was tried for them: as good, but it needed minutes where nearly all frames are used.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

Points = NDArray[np.float64]
"""float64 of shape (n, 2)."""
Indices = NDArray[np.int64]
"""int64."""

POWER = 1.1
"""Of the distances: on a full poster of real clips the sum grows by .2 %, and frames of one video
lie beside each other as often as with 2, .82 of the time in place of .69."""

EXACT_ENTRIES = 2_000_000
"""Distances of the largest matrix that is solved at once: 16 MB, some seconds at worst."""

NEAREST = 24
"""Free frames near each cell that a block may take instead of its own."""

BLOCK = 200
"""Cells of a block."""

PASSES = 12
"""Most times that all blocks are solved again."""

ENOUGH = 5e-4
"""Gain of a pass, as a share of the whole, below which no other follows."""

EMPTY = -1
"""What an empty cell holds in place of a frame's number."""


def assign(cells: Points, frames: Points) -> Indices:
    """One frame for every cell, or where there are too few, one cell for every frame.

    Args:
        cells: float64 of shape (m, 2), their middles.
        frames: float64 of shape (n, 2), in the same units.

    Returns:
        int64 of shape (m,): a row of ``frames`` for each cell, or ``EMPTY``. No frame twice.
    """
    if len(frames) >= len(cells):
        return _one_each(cells, frames)
    chosen = np.full(len(cells), EMPTY, np.int64)
    chosen[_one_each(frames, cells)] = np.arange(len(frames))
    return chosen


def _one_each(takers: Points, things: Points) -> Indices:
    """One thing for each taker; there are at least as many things."""
    if len(takers) == 0:
        return np.empty(0, np.int64)
    if len(takers) ** 2 <= EXACT_ENTRIES:
        candidates = np.unique(nearest(takers, things, len(takers)))
        if len(takers) * len(candidates) <= EXACT_ENTRIES:
            return candidates[_solve(takers, things[candidates])]
    return _improve(takers, things, _divide(takers, things))


def nearest(takers: Points, things: Points, count: int) -> Indices:
    """The nearest things of each taker, int64 of shape (takers, at most count)."""
    ranks = [*range(1, min(count, len(things)) + 1)]
    return np.asarray(cKDTree(things).query(takers, k=ranks)[1], np.int64)


def _solve(takers: Points, things: Points) -> Indices:
    cost = cdist(takers, things) ** POWER
    return np.asarray(linear_sum_assignment(cost)[1], np.int64)


def _divide(takers: Points, things: Points) -> Indices:
    """A choice with room for all: halve the takers, and the things where the takers part."""
    chosen = np.empty(len(takers), np.int64)
    pending = [(np.arange(len(takers)), _around(takers, things))]
    while pending:
        mine, theirs = pending.pop()
        if (len(mine) <= BLOCK and len(mine) * len(theirs) <= EXACT_ENTRIES) or len(mine) == 1:
            chosen[mine] = theirs[_solve(takers[mine], things[theirs])]
            continue
        axis = int(np.argmax(np.ptp(takers[mine], axis=0)))
        mine = mine[np.argsort(takers[mine, axis], kind="stable")]
        theirs = theirs[np.argsort(things[theirs, axis], kind="stable")]
        half = len(mine) // 2
        border = takers[mine[half - 1 : half + 1], axis].mean()
        cut = int(np.searchsorted(things[theirs, axis], border))
        cut = min(max(cut, half), len(theirs) - (len(mine) - half))
        pending += [(mine[:half], theirs[:cut]), (mine[half:], theirs[cut:])]
    return chosen


def _around(takers: Points, things: Points) -> Indices:
    """Things within the takers' bounds, and at least twice as many as takers where there are."""
    low, high = takers.min(axis=0), takers.max(axis=0)
    outside = np.linalg.norm(np.maximum(np.maximum(low - things, things - high), 0), axis=1)
    order = np.argsort(outside, kind="stable")
    within = int(np.count_nonzero(outside == 0))
    return order[: max(within, 2 * len(takers))]


def _improve(takers: Points, things: Points, chosen: Indices) -> Indices:
    """Solve blocks again, each among its own things and the free ones nearby."""
    near = nearest(takers, things, NEAREST)
    taken = np.zeros(len(things), bool)
    taken[chosen] = True
    before = np.inf
    for number in range(PASSES):
        cost = float((np.linalg.norm(takers - things[chosen], axis=1) ** POWER).sum())
        if cost > before * (1 - ENOUGH):
            break
        before = cost
        for block in _blocks(takers if number % 2 == 0 else things[chosen], number):
            free = np.unique(near[block])
            candidates = np.concatenate([chosen[block], free[~taken[free]]])
            taken[chosen[block]] = False
            chosen[block] = candidates[_solve(takers[block], things[candidates])]
            taken[chosen[block]] = True
    return chosen


def _blocks(points: Points, number: int) -> list[Indices]:
    """Groups of at most ``BLOCK`` neighbours; each number divides along other directions."""
    angle = 2.4 * number  # about the golden angle: no direction comes soon again
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    done: list[Indices] = []
    pending = [(np.arange(len(points)), 0)]
    while pending:
        mine, depth = pending.pop()
        if len(mine) <= BLOCK:
            done.append(mine)
            continue
        mine = mine[np.argsort(points[mine] @ (along, across)[depth % 2], kind="stable")]
        half = len(mine) // 2
        pending += [(mine[:half], depth + 1), (mine[half:], depth + 1)]
    return done
