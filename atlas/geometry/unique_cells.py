"""A cell of its own for every frame: where several share one, all but one move close by.

Those that must move stay within the smallest quarter of a quarter … of the map that has room for
them. So a coarser cell shows a frame from elsewhere only where it holds more frames than cells.
"""

import numpy as np
from numpy.typing import NDArray

from frameatlas.geometry.morton import Codes, cells_of

_AT_ONCE = 1 << 21
"""Cells looked at together: bounds the memory, changes nothing."""


def fan_out(homes: Codes, ranks: NDArray[np.int64], depth: int) -> Codes:
    """Give every frame a cell of its own.

    Args:
        homes: int64 of shape (n,): Morton codes of the cells in which the frames lie.
        ranks: int64 of shape (n,), all different; of frames that share a cell the lowest keeps it.
        depth: The grid has 2^depth × 2^depth cells, at least n.

    Returns:
        int64 of shape (n,): codes, all different.
    """
    cells = homes.copy()
    waiting = _overflowing(homes, ranks)
    if not len(waiting):
        return cells
    taken = np.zeros(1 << (2 * depth), np.bool_)
    taken[homes] = True
    for level in range(1, depth + 1):
        if not len(waiting):
            break
        waiting = _settle(cells, waiting, taken, level)
    return cells


def _overflowing(homes: Codes, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The frames that cannot stay, by cell and then in the order of the atlas, which is time."""
    order = np.argsort((homes << 31) | ranks)
    sorted_homes = homes[order]
    later = np.zeros(len(homes), np.bool_)
    later[order[1:]] = sorted_homes[1:] == sorted_homes[:-1]
    frames = np.flatnonzero(later)
    return frames[np.argsort(homes[frames], kind="stable")]


def _settle(
    cells: Codes, waiting: NDArray[np.int64], taken: NDArray[np.bool_], level: int
) -> NDArray[np.int64]:
    """Settle frames in the free cells of their blocks; the frames that found none are returned.

    Args:
        cells: int64 of shape (n,): written for those who settle.
        waiting: int64 of shape (m,): frames in the order of their cells.
        taken: bool of shape (4^depth,): written.
        level: Blocks are 2^level × 2^level cells.
    """
    blocks = cells[waiting] >> (2 * level)
    firsts = np.flatnonzero(np.diff(blocks, prepend=-1))
    ends = np.append(firsts[1:], len(waiting))
    together = max(1, _AT_ONCE >> (2 * level))
    left = [
        _settle_blocks(
            cells, waiting, taken, level, firsts[i : i + together], ends[i : i + together]
        )
        for i in range(0, len(firsts), together)
    ]
    return np.concatenate(left)


def _settle_blocks(
    cells: Codes,
    waiting: NDArray[np.int64],
    taken: NDArray[np.bool_],
    level: int,
    firsts: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> NDArray[np.int64]:
    """As ``_settled``, for some blocks, whose frames are waiting[first:end]."""
    frames = waiting[firsts[0] : ends[-1]]
    starts, counts = firsts - firsts[0], ends - firsts
    homes = cells[frames]
    blocks = homes[starts] >> (2 * level)
    free, rows = _free_cells(taken, blocks, level)
    nearest = np.argsort(_distance(free, rows, homes, starts, counts, level), kind="stable")
    free, rows = free[nearest], rows[nearest]
    begin = np.searchsorted(rows, np.arange(len(blocks)))
    chosen = np.arange(len(rows)) - begin[rows] < counts[rows]
    # Both in the order of codes, so that what lies close together stays so.
    places = np.sort(free[chosen])
    settled = np.minimum(counts, np.bincount(rows, minlength=len(blocks)))
    stays = np.arange(len(frames)) - np.repeat(starts, counts) < np.repeat(settled, counts)
    cells[frames[stays]] = places
    taken[places] = True
    unsettled: NDArray[np.int64] = frames[~stays]
    return unsettled


def _free_cells(
    taken: NDArray[np.bool_], blocks: NDArray[np.int64], level: int
) -> tuple[Codes, NDArray[np.int64]]:
    """Codes of the free cells of some blocks, and for each the number of its block in the list."""
    rows, inside = np.nonzero(~taken.reshape(-1, 1 << (2 * level))[blocks])
    return (blocks[rows] << (2 * level)) | inside, rows


def _distance(
    free: Codes,
    rows: NDArray[np.int64],
    homes: Codes,
    starts: NDArray[np.int64],
    counts: NDArray[np.int64],
    level: int,
) -> NDArray[np.int64]:
    """Sorts free cells by block, then by distance from the middle of those who wait there."""
    columns, lines = cells_of(homes)
    across, down = cells_of(free)
    x = (np.add.reduceat(columns, starts) // counts)[rows]
    y = (np.add.reduceat(lines, starts) // counts)[rows]
    distance: NDArray[np.int64] = (across - x) ** 2 + (down - y) ** 2
    return distance + (rows << (2 * level + 2))
