"""A window of the map and the grid of cells over it: arithmetic alone, pixels are elsewhere.

The map is [-1, 1]², x to the right and y up. Row 0 of a grid is its top row. A cell is square in
map units, so a viewport of width w with c × r cells is w · r / c high.
"""

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError

MAP_WIDTH = 2.0
"""The map reaches from -1 to 1."""

NARROWEST = 1e-6
"""Width of the narrowest window: below it the coordinates' own rounding would show."""

MOST_CELLS = 10_000_000
"""Cells of the largest grid: more would not fit into the memory that we promise."""


@dataclass(frozen=True)
class Grid:
    """Columns and rows of cells.

    Attributes:
        columns: Cells across.
        rows: Cells down.
    """

    columns: int
    rows: int

    def __post_init__(self) -> None:
        if self.columns < 1 or self.rows < 1 or self.cells > MOST_CELLS:
            raise InputError(
                f"Expected a grid of 1 to {MOST_CELLS} cells. Received: {self.columns} × "
                f"{self.rows}; give COLUMNSxROWS such as 11x18."
            )

    @classmethod
    def parse(cls, text: str) -> "Grid":
        """The grid that "11x18" means."""
        match = re.fullmatch(r"\s*(\d{1,8})\s*[xX×]\s*(\d{1,8})\s*", text)
        if not match:
            raise InputError(f"Expected COLUMNSxROWS such as 11x18. Received: {text!r}.")
        return cls(int(match[1]), int(match[2]))

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.columns * self.rows

    def __str__(self) -> str:
        return f"{self.columns} × {self.rows}"


@dataclass(frozen=True)
class Viewport:
    """A window of the map.

    Attributes:
        x: Its centre, in [-1, 1].
        y: Its centre, in [-1, 1], upwards.
        width: Its width in map units, above 0, at most 2: the whole map.
        turn: Degrees by which the map is turned anticlockwise about the centre, under the window.
    """

    x: float = 0.0
    y: float = 0.0
    width: float = MAP_WIDTH
    turn: float = 0.0

    def __post_init__(self) -> None:
        if not (abs(self.x) <= 1 and abs(self.y) <= 1):
            raise InputError(
                "Expected a centre on the map, x and y from -1 to 1. "
                f"Received: {self.x:g},{self.y:g}."
            )
        if not NARROWEST <= self.width <= MAP_WIDTH:
            raise InputError(
                f"Expected a width above 0 and at most {MAP_WIDTH:g}, the width of the map. "
                f"Received: {self.width:g}."
            )
        if not math.isfinite(self.turn):
            raise InputError(f"Expected a number of degrees. Received: {self.turn}.")

    @classmethod
    def parse(cls, center: str, width: float, turn: float = 0.0) -> "Viewport":
        """The window about "X,Y".

        Args:
            center: Two numbers and a comma, as in "-0.5,0.25".
            width: In map units.
            turn: Degrees, as in the attribute.
        """
        try:
            x, y = (float(part) for part in center.split(","))
        except ValueError as error:
            raise InputError(
                f"Expected a centre X,Y such as -0.5,0.25. Received: {center!r}."
            ) from error
        return cls(x, y, width, turn)

    def height(self, grid: Grid) -> float:
        """Height in map units when it is divided into a grid's square cells."""
        return self.width * grid.rows / grid.columns

    def side(self, grid: Grid) -> float:
        """Side of a cell in map units."""
        return self.width / grid.columns

    def local(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points as seen in the window: from its centre, turned with the map.

        Args:
            points: float64 of shape (n, 2), map coordinates.

        Returns:
            float64 of shape (n, 2), map units to the right and up from the window's centre.
        """
        return _turn(np.asarray(points, np.float64) - (self.x, self.y), self.turn)

    def on_map(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """The inverse of ``local``."""
        return _turn(np.asarray(points, np.float64), -self.turn) + (self.x, self.y)

    def middles(self, grid: Grid) -> NDArray[np.float64]:
        """Middles of a grid's cells, as seen in the window.

        Returns:
            float64 of shape (rows · columns, 2): the top row from left to right, then the next.
        """
        side = self.side(grid)
        x = (np.arange(grid.columns) - (grid.columns - 1) / 2) * side
        y = ((grid.rows - 1) / 2 - np.arange(grid.rows)) * side
        return np.stack(np.broadcast_arrays(x[None, :], y[:, None]), axis=-1).reshape(-1, 2)

    def holds(self, points: NDArray[np.float64], grid: Grid) -> NDArray[np.bool_]:
        """Which points lie in the window.

        Args:
            points: float64 of shape (n, 2), as ``local`` gives them.
            grid: Its cells decide the window's height.

        Returns:
            bool of shape (n,).
        """
        half = np.array([self.width, self.height(grid)]) / 2
        return np.asarray((np.abs(points) <= half).all(axis=1))


def _turn(points: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    """Points turned anticlockwise about the origin; for 0 degrees the very same numbers."""
    if degrees % 360.0 == 0:
        return points
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = points.T
    return np.column_stack([x * cos - y * sin, x * sin + y * cos])
