"""``/api/cells``: what the cells of a tile are coloured by, for the edges that the page draws.

The page draws the edges over the tiles, so that pictures are drawn and kept once, whatever they are
coloured by.
"""

import numpy as np
from flask import Blueprint, Response, request
from numpy.typing import NDArray

from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.overlays import COLOURS, values_of
from frameatlas.browser.web.parameters import one_of, whole_of
from frameatlas.browser.web.responses import as_binary
from frameatlas.geometry.pyramid import EMPTY

_DEEPEST, _MOST = 64, 2**62


def cell_routes(library: Library) -> Blueprint:
    """Cells of a library's maps."""
    routes = Blueprint("cells", __name__)

    @routes.get("/api/cells/<map_id>/<z>/<x>/<y>")
    def cells(map_id: str, z: str, x: str, y: str) -> Response:
        opened = library.map_of(map_id)
        colour = one_of(request.args.get("value"), "value", COLOURS)
        column, row = whole_of(x, "x", 0, _MOST), whole_of(y, "y", 0, _MOST)
        place = (whole_of(z, "z", 0, _DEEPEST), column, row)
        return as_binary(values_of_tile(opened, place, colour))

    return routes


def values_of_tile(
    opened: OpenMap, place: tuple[int, int, int], colour: str
) -> NDArray[np.float32]:
    """What each cell of a tile is coloured by: float32 of shape (k, k), NaN where it is empty.

    Args:
        opened: The map.
        place: Zoom, column and row of the tile.
        colour: One of ``COLOURS``; which frames are shown, the request says.
    """
    chosen = Filter.parse(request.args)
    grid = opened.shown(chosen, chosen.mask(opened)).tile(*place)
    found = np.full(grid.shape, np.nan, np.float32)
    filled = grid != EMPTY
    found[filled] = values_of(opened, grid[filled], colour, request.args)
    return found
