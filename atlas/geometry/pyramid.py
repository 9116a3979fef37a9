"""The tile pyramid: which frame is shown where, at every zoom.

At zoom z the map is 2^z × 2^z tiles, x to the right and y down from the map's top left corner.
A tile is a square grid of cells, and a cell shows the best representative of the frames in it.
As that is the best of one quarter of the cell too, a frame that is shown stays shown, and stays
in its place, however far one zooms in. Numbers alone; pictures are in ``frameatlas.drawing.tiles``.
By hand, since image pyramids scale one picture, and marker clusters do not keep a frame in place.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError, InputError
from frameatlas.geometry.morton import Codes, cells_of, codes_of
from frameatlas.geometry.representatives import representative_ranks
from frameatlas.geometry.unique_cells import fan_out

EMPTY = -1
"""Stands for a cell without a frame."""

SHALLOWEST, DEEPEST = 2, 13
"""Bounds of the deepest zoom; the deepest grid of all has 67 million cells."""

_FINE, _COARSE = 8, 4
_FINE_ZOOMS = 2
_MOST_SHARING = 1 / 3

Bounds = tuple[float, float, float, float]
"""Left, bottom, right, top in map coordinates."""

Allowed = NDArray[np.bool_]
"""bool of shape (n,): which frames a filter lets through."""


@dataclass(frozen=True, eq=False)
class Level:
    """The cells of one grid that are not empty.

    Attributes:
        codes: int64 of shape (m,): Morton codes, rising.
        ranks: int64 of shape (m,): rank of the frame that each cell shows.
    """

    codes: Codes
    ranks: NDArray[np.int64]


class Pyramid:
    """Where every frame is drawn, and which frames a tile shows. Make one with ``Pyramid.of``.

    Attributes:
        deepest: Zoom at which a tile is one cell; the deepest grid has 2^deepest cells a side.
        cells: int64 of shape (n,): Morton code of each frame's own cell in the deepest grid.
        places: float64 of shape (n, 2): map coordinates of that cell's middle.
        ranks: int64 of shape (n,): 0 is the frame that represents its surroundings best.
    """

    def __init__(self, cells: Codes, ranks: NDArray[np.int64], deepest: int) -> None:
        self.deepest = deepest
        self.cells = cells
        self.places = _middles(cells, deepest)
        self._frames = np.empty(len(ranks), np.int64)
        self._frames[ranks] = np.arange(len(ranks))
        self.ranks = ranks
        self._levels = _levels(cells, ranks, deepest)
        self._sorted_frames = self._frames[self._levels[-1].ranks]

    @classmethod
    def of(
        cls, coordinates: NDArray[np.float64], sources: NDArray[np.integer] | None = None
    ) -> "Pyramid":
        """The pyramid of a map.

        Args:
            coordinates: float64 of shape (n, 2): x and y in [-1, 1]; beyond counts as its edge.
            sources: int of shape (n,): each frame's source, never falling; without it, one.

        Raises:
            DamagedAtlasError: A coordinate is not a number.
            InputError: There are too many frames.
        """
        count = len(coordinates)
        if not np.isfinite(coordinates).all():
            raise DamagedAtlasError(
                "Expected coordinates that are numbers. Received: some that are not; run "
                "`frameatlas relayout` to compose the map anew."
            )
        ranks = representative_ranks(np.zeros(count, np.int32) if sources is None else sources)
        deepest = deepest_zoom(coordinates)
        return cls(fan_out(homes_of(coordinates, deepest), ranks, deepest), ranks, deepest)

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.ranks)

    def across(self, z: int) -> int:
        """Cells along a side of a tile: a power of two, 1 at the deepest zoom."""
        return int(min(_FINE if z < _FINE_ZOOMS else _COARSE, 1 << max(0, self.deepest - z)))

    def level(self, z: int) -> int:
        """The grid shown at a zoom has 2^level cells a side."""
        return z + self.across(z).bit_length() - 1

    def holds(self, z: int, x: int, y: int) -> bool:
        """Whether there is such a tile."""
        return 0 <= z <= self.deepest and 0 <= x < 1 << z and 0 <= y < 1 << z

    def tile(self, z: int, x: int, y: int, mask: Allowed | None = None) -> NDArray[np.int64]:
        """The frames that a tile shows.

        Args:
            z: Zoom, from 0 to ``deepest``.
            x: Column of the tile, from the left.
            y: Row of the tile, from the top.
            mask: Only these frames; for many tiles of one mask, ``filtered`` is quicker.

        Returns:
            int64 of shape (k, k): frames, the top row first, ``EMPTY`` where there is none.

        Raises:
            InputError: There is no such tile.
        """
        if not self.holds(z, x, y):
            raise InputError(
                f"Expected a tile of zoom 0 to {self.deepest} on the map. Received: {z}/{x}/{y}."
            )
        across = self.across(z)
        inner = across.bit_length() - 1
        code = int(codes_of(np.array([x]), np.array([y]))[0])
        shown = self._within(self.level(z), code << (2 * inner), 1 << (2 * inner), mask)
        grid = np.full((across, across), EMPTY, np.int64)
        columns, rows = cells_of(shown.codes)
        grid[rows, columns] = self._frames[shown.ranks]
        return grid

    def at(self, x: float, y: float, z: int, mask: Allowed | None = None) -> int | None:
        """The frame that is shown at a place of the map at a zoom; None where there is none."""
        z = min(max(z, 0), self.deepest)
        if not (abs(x) <= 1 and abs(y) <= 1):
            return None
        level = self.level(z)
        shown = self._within(level, int(homes_of(np.array([[x, y]]), level)[0]), 1, mask)
        return int(self._frames[shown.ranks[0]]) if len(shown.ranks) else None

    def bounds(self, frame: int, z: int) -> Bounds:
        """The cell in which a frame is drawn at a zoom: left, bottom, right, top on the map."""
        level = self.level(min(max(z, 0), self.deepest))
        code = self.cells[frame : frame + 1] >> (2 * (self.deepest - level))
        (x, y), half = _middles(code, level)[0].tolist(), 1 / (1 << level)
        return x - half, y - half, x + half, y + half

    def first_zoom(self, frame: int) -> int:
        """The lowest zoom at which a frame is shown, and from which on it stays."""
        rank = int(self.ranks[frame])
        for z in range(self.deepest):
            level = self.level(z)
            code = int(self.cells[frame]) >> (2 * (self.deepest - level))
            if int(self._within(level, code, 1, None).ranks[0]) == rank:
                return z
        return self.deepest

    def filtered(self, mask: Allowed) -> "Pyramid":
        """The same places with some of the frames only; those stay as stable as before."""
        some = object.__new__(Pyramid)
        some.deepest, some.cells, some.places = self.deepest, self.cells, self.places
        some._frames, some.ranks = self._frames, self.ranks
        full = self._levels[-1]
        kept = mask[self._sorted_frames]
        some._levels = _coarser(Level(full.codes[kept], full.ranks[kept]), self.deepest)
        some._sorted_frames = self._sorted_frames[kept]
        return some

    def count(self, z: int, x: int, y: int) -> int:
        """How many frames lie in a tile."""
        code = int(codes_of(np.array([x]), np.array([y]))[0])
        inner = 2 * (self.deepest - z)
        first, last = np.searchsorted(self._levels[-1].codes, [code << inner, (code + 1) << inner])
        return int(last - first)

    def tiles(self, z: int) -> list[tuple[int, int]]:
        """Column and row of every tile of a zoom that shows something, in Morton order."""
        columns, rows = cells_of(self._levels[z].codes)
        return list(zip(columns.tolist(), rows.tolist(), strict=True))

    def _within(self, level: int, code: int, cells: int, mask: Allowed | None) -> Level:
        """The cells of a grid from one code on, numbered from there."""
        if mask is None:
            shown = self._levels[level]
            first, last = np.searchsorted(shown.codes, [code, code + cells])
            return Level(shown.codes[first:last] - code, shown.ranks[first:last])
        shift = 2 * (self.deepest - level)
        shown = self._levels[-1]
        first, last = np.searchsorted(shown.codes, [code << shift, (code + cells) << shift])
        kept = np.flatnonzero(mask[self._sorted_frames[first:last]]) + first
        finest = Level(shown.codes[kept], shown.ranks[kept])
        found = _group_cells(finest, shift)
        return Level(found.codes - code, found.ranks)


def deepest_zoom(coordinates: NDArray[np.float64]) -> int:
    """How deep the grid is in which every frame gets its own cell.

    At most half of its cells are filled, so that there is room to fan out; one zoom more where
    more than a third of the frames would have to move, if that helps.

    Raises:
        InputError: There are more frames than cells in the deepest grid that we make.
    """
    count = len(coordinates)
    depth = SHALLOWEST
    while 1 << (2 * depth) < 2 * count:
        depth += 1
    if depth > DEEPEST:
        raise InputError(
            f"Expected at most {1 << (2 * DEEPEST - 1)} frames. Received: {count}; index fewer "
            "videos, or with a lower --fps."
        )
    sharing = _sharing(coordinates, depth)
    if sharing > _MOST_SHARING * count and depth < DEEPEST:
        helps = _sharing(coordinates, depth + 1) < 0.75 * sharing
        return depth + 1 if helps else depth
    return depth


def homes_of(coordinates: NDArray[np.float64], level: int) -> Codes:
    """Morton codes of the cells in which points lie; int64 of shape (n,)."""
    side = 1 << level
    scaled = (np.clip(coordinates, -1.0, 1.0) * (1.0, -1.0) + 1.0) * (side / 2)
    cells = np.minimum(scaled.astype(np.int64), side - 1)
    return codes_of(cells[:, 0], cells[:, 1])


def _sharing(coordinates: NDArray[np.float64], level: int) -> int:
    """How many frames are not alone in their cell, one of each left out."""
    return len(coordinates) - len(np.unique(homes_of(coordinates, level)))


def _middles(codes: Codes, level: int) -> NDArray[np.float64]:
    """Middles of cells in map coordinates, float64 of shape (n, 2); exact."""
    columns, rows = cells_of(codes)
    side = 2.0 / (1 << level)
    return np.column_stack([(columns + 0.5) * side - 1.0, 1.0 - (rows + 0.5) * side])


def _levels(cells: Codes, ranks: NDArray[np.int64], deepest: int) -> Sequence[Level]:
    order = np.argsort(cells)
    return _coarser(Level(cells[order], ranks[order]), deepest)


def _coarser(finest: Level, deepest: int) -> Sequence[Level]:
    """All grids from the coarsest to the finest."""
    levels = [finest]
    for _ in range(deepest):
        levels.append(_group_cells(levels[-1], 2))
    return levels[::-1]


def _group_cells(level: Level, shift: int) -> Level:
    """The cells of a coarser grid, each with the best of its frames."""
    if not len(level.codes):
        return level
    codes = level.codes >> shift
    firsts = np.flatnonzero(np.diff(codes, prepend=-1))
    return Level(codes[firsts], np.minimum.reduceat(level.ranks, firsts))
