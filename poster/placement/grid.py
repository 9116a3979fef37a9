"""How many columns and rows: the grid whose poster is nearest to a square."""

import math

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.geometry.cell_size import CellSize
from frameatlas.geometry.viewport import MAP_WIDTH, Grid, Viewport


def grid_of_count(count: int, cell: CellSize, tallest: float = math.inf) -> Grid:
    """The grid of at most ``count`` cells that wastes few and is nearest to a square picture.

    The article's 11 × 18 pictures of 534 × 300 are what it gives for 198 to 200.

    Args:
        count: Number of pictures, 1 or more.
        cell: Their size.
        tallest: Most rows for each column, 1 or more.
    """
    rows = np.arange(1, count + 1)
    rows = rows[rows <= tallest * (count // rows)]
    columns = count // rows
    lopsided = np.abs(np.log(columns * cell.width / (rows * cell.height)))
    wasted = 2 * (count - columns * rows) / count
    best = int(np.argmin(lopsided + wasted))
    return Grid(int(columns[best]), int(rows[best]))


def fill_grid(viewport: Viewport, points: NDArray[np.float64], cell: CellSize, most: int) -> Grid:
    """The grid with as many cells as there are frames in the window that it makes.

    No window is higher than the map: cells beyond its margin would draw frames away from theirs.

    Args:
        viewport: The window; its height depends on the grid.
        points: float64 of shape (n, 2), frames as seen in the window.
        cell: Size of the pictures.
        most: Cells that are allowed.

    Raises:
        InputError: There is no frame in the window.
    """
    # The window of a square picture, with which the search begins.
    high = min(cell.aspect * viewport.width, MAP_WIDTH)
    count = min(most, int((np.abs(points) <= np.array([viewport.width, high]) / 2).all(1).sum()))
    while count > 0:
        grid = grid_of_count(count, cell, MAP_WIDTH / viewport.width)
        held = int(viewport.holds(points, grid).sum())
        if grid.cells <= held:
            return grid
        count = min(count - 1, held)
    raise InputError(
        f"Expected frames in the window about {viewport.x:g},{viewport.y:g}. Received: an empty "
        f"window of width {viewport.width:g}; choose a wider one or another centre."
    )
