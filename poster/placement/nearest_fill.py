"""The article's plain rule: each cell shows the frame nearest to its middle.

Where several cells want one frame, the nearest of them gets it and the others take their next.
"""

import heapq

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from frameatlas.poster.placement.assignment import EMPTY
from frameatlas.poster.placement.time_spacing import TakenTimestamps, Timestamps

FIRST = 16
"""Neighbours that a cell looks up first; twice as many each time that all are taken."""


def nearest_fill(
    cells: NDArray[np.float64],
    frames: NDArray[np.float64],
    moments: Timestamps,
    apart: float,
) -> NDArray[np.int64]:
    """One frame for each cell, by the plain rule.

    Args:
        cells: float64 of shape (m, 2), their middles.
        frames: float64 of shape (n, 2).
        moments: When each frame is.
        apart: Seconds that frames of one video keep.

    Returns:
        int64 of shape (m,): a frame for each cell, or ``EMPTY``. No frame twice.
    """
    tree = cKDTree(frames)
    count = min(FIRST, len(frames))
    distances, near = tree.query(cells, k=[*range(1, count + 1)])
    wanted = {cell: (distances[cell], near[cell]) for cell in range(len(cells))}
    chosen = np.full(len(cells), EMPTY, np.int64)
    used, taken = np.zeros(len(frames), bool), TakenTimestamps(apart)
    queue = [(float(distances[cell, 0]), cell, 0) for cell in range(len(cells))]
    heapq.heapify(queue)
    while queue:
        _, cell, rank = heapq.heappop(queue)
        frame = int(wanted[cell][1][rank])
        if not used[frame] and taken.free(*moments.of(frame)):
            used[frame] = True
            taken.take(*moments.of(frame))
            chosen[cell] = frame
            continue
        rank += 1
        if rank == len(wanted[cell][0]):
            if rank == len(frames):
                continue
            ranks = [*range(1, min(2 * rank, len(frames)) + 1)]
            wanted[cell] = tree.query(cells[cell], k=ranks)
        heapq.heappush(queue, (float(wanted[cell][0][rank]), cell, rank))
    return chosen
