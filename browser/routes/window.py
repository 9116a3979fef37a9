"""``/api/view``, ``near``, ``legend``: what a window of the map shows, and what is nearest."""

from collections.abc import Mapping

import numpy as np
from flask import Blueprint, Response, request
from numpy.typing import NDArray

from frameatlas.browser.routes.overlays import COLOURS, values_of, visible, window_of
from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.frame_facts import moment_of
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.web.parameters import one_of, real, whole
from frameatlas.browser.web.responses import as_binary, as_json

_DEEPEST = 64

MOST_CELLS = 20_000
"""Cells that a window is told of; a screen has room for some hundred."""


def view_routes(library: Library) -> Blueprint:
    """Windows of a library's maps."""
    routes = Blueprint("view", __name__)

    @routes.get("/api/view/<map_id>")
    def view(map_id: str) -> Response:
        opened = library.map_of(map_id)
        wish = Filter.parse(request.args)
        zoom = whole(request.args, "z", 0, _DEEPEST, 0)
        inside = visible(opened, wish, window_of(request.args))
        mask = wish.mask(opened)
        headers = {
            "X-Inside": len(inside),
            "X-Total": len(opened.atlas) if mask is None else int(mask.sum()),
            "X-Level": opened.pyramid().level(min(zoom, opened.pyramid().deepest)),
        }
        return as_binary(shared_cells(opened, inside, headers["X-Level"]), headers)

    @routes.get("/api/near/<map_id>")
    def near(map_id: str) -> Response:
        opened = library.map_of(map_id)
        x = real(request.args, "x", -1e30, 1e30, None)
        y = real(request.args, "y", -1e30, 1e30, None)
        found = nearest_frame(opened, Filter.parse(request.args), (x, y))
        return as_json({"frame": None} if found is None else moment_of(opened, found))

    @routes.get("/api/legend/<map_id>")
    def legend(map_id: str) -> Response:
        opened = library.map_of(map_id)
        colour = one_of(request.args.get("value"), "value", COLOURS)
        inside = visible(opened, Filter.parse(request.args), window_of(request.args))
        return as_json({"counts": counted(opened, inside, colour, request.args)})

    return routes


def shared_cells(opened: OpenMap, frames: NDArray[np.int64], level: int) -> NDArray[np.float32]:
    """Cells of a grid that stand for several of some frames.

    Args:
        opened: The map.
        frames: int64 of shape (n,): the frames.
        level: The grid has 2^level cells a side.

    Returns:
        float32 of shape (m, 3): x and y of a cell's middle on the map, and its frames, at least 2.
    """
    side = 1 << level
    places = opened.pyramid().places[frames]
    column = np.clip((places[:, 0] + 1) / 2 * side, 0, side - 1).astype(np.int64)
    row = np.clip((1 - places[:, 1]) / 2 * side, 0, side - 1).astype(np.int64)
    cells, counts = np.unique(row * side + column, return_counts=True)
    shared = counts > 1
    cells, counts = cells[shared][:MOST_CELLS], counts[shared][:MOST_CELLS]
    x, y = (cells % side + 0.5) / side * 2 - 1, 1 - (cells // side + 0.5) / side * 2
    return np.column_stack([x, y, counts]).astype(np.float32)


def nearest_frame(opened: OpenMap, wish: Filter, place: tuple[float, float]) -> int | None:
    """The frame of a filter that is drawn nearest to a place; None where it keeps none."""
    frames = visible(opened, wish, None)
    if not len(frames):
        return None
    # Beyond the map everything is far: the place is taken to its margin, or squares overflow.
    away = opened.pyramid().places[frames] - np.clip(place, -2, 2)
    return int(frames[int((away**2).sum(axis=1).argmin())])


def counted(
    opened: OpenMap, frames: NDArray[np.int64], colour: str, query: Mapping[str, str]
) -> list[list[int]]:
    """How many of some frames have each colour: pairs of its number and their count."""
    if colour == "time":
        return []
    values = values_of(opened, frames, colour, query).astype(np.int64)
    numbers, counts = np.unique(values, return_counts=True)
    return [[int(number), int(count)] for number, count in zip(numbers, counts, strict=True)]
