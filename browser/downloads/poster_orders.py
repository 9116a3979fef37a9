"""Posters as the page orders them, bounded, and as a line for the terminal."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from frameatlas.browser.view.open_map import display_name
from frameatlas.browser.view.wing_tools import PosterOrder
from frameatlas.browser.web.parameters import one_of, show_value, within
from frameatlas.errors import InputError
from frameatlas.geometry.viewport import NARROWEST

ENDINGS = (".png", ".jpg", ".webp", ".tif", ".pdf")
FILLS = ("optimal", "nearest")

MOST_CELLS = 20_000
"""Of a poster from the page: a minute's work. The command line makes larger ones."""

MOST_PIXELS = 400_000_000
"""Down times across, reckoned with cells of 16 to 9."""

PREVIEW_CELLS, PREVIEW_PIXELS = 1_500, 900
"""Cells of a preview at most, and about its pixels down."""


def order_of(value: Any) -> PosterOrder:
    """The order of a JSON body or a query.

    Raises:
        InputError: It cannot be meant, or it is larger than the page may ask for.
    """
    if not isinstance(value, Mapping):
        raise InputError('Expected {"center": [x, y], "width": …}. Received: another value.')
    center = value.get("center", [0, 0])
    if not isinstance(center, list) or len(center) != 2:
        raise InputError(f"Expected a center [x, y]. Received: {show_value(center)}.")
    grid = _grid(value.get("grid"))
    count = value.get("count")
    order = PosterOrder(
        center=(_number(center[0], "x", -1, 1), _number(center[1], "y", -1, 1)),
        width=_number(value.get("width", 2), "width", NARROWEST, 2),
        grid=grid,
        count=None if count is None or grid else round(_number(count, "count", 1, MOST_CELLS)),
        tile_height=round(_number(value.get("tile_height", 300), "tile_height", 8, 2_160)),
        fill=one_of(value.get("fill", "optimal"), "fill", FILLS),
        apart=_number(value.get("apart", 0), "apart", 0, 1e6),
        ending=one_of(value.get("ending", ".png"), "ending", ENDINGS),
    )
    if order.grid is None and order.count is None:
        order = replace(order, count=198)
    _check_size(order)
    return order


def preview_order(order: PosterOrder, frames: int) -> PosterOrder:
    """The same poster, small and at once."""
    cells = order.grid[0] * order.grid[1] if order.grid else order.count or 1
    if cells > PREVIEW_CELLS:
        raise InputError(
            f"Expected at most {PREVIEW_CELLS} pictures in a preview. Received: {cells}; "
            "render it instead."
        )
    rows = order.grid[1] if order.grid else max(1, round(cells**0.5))
    return replace(
        order,
        tile_height=max(8, min(120, PREVIEW_PIXELS // rows)),
        count=min(order.count, frames) if order.count else None,
        ending=".jpg",
    )


def command_line(atlas: Path, order: PosterOrder) -> str:
    """What to type for the same poster."""
    name = display_name(str(atlas))
    words = ["frameatlas", "poster", name]
    words += ["--center", f"{order.center[0]:.6g},{order.center[1]:.6g}"]
    words += ["--width", f"{order.width:.6g}"]
    if order.grid:
        words += ["--grid", f"{order.grid[0]}x{order.grid[1]}"]
    elif order.count:
        words += ["--count", str(order.count)]
    words += ["--tile-height", str(order.tile_height)]
    if order.fill != "optimal":
        words += ["--fill", order.fill]
    if order.apart:
        words += ["--apart", f"{order.apart:g}"]
    return shlex.join([*words, "-o", f"poster{order.ending}"])


def _grid(value: Any) -> tuple[int, int] | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        match = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", value, re.ASCII)
        value = [int(match[1]), int(match[2])] if match else None
    if not isinstance(value, list) or len(value) != 2:
        raise InputError("Expected a grid [columns, rows]. Received: another value.")
    columns, rows = (round(_number(side, "grid", 1, MOST_CELLS)) for side in value)
    return columns, rows


def _check_size(order: PosterOrder) -> None:
    cells = order.grid[0] * order.grid[1] if order.grid else order.count or 1
    if cells > MOST_CELLS or cells * order.tile_height**2 * 16 / 9 > MOST_PIXELS:
        raise InputError(
            f"Expected a poster of at most {MOST_CELLS} pictures and 400 megapixels. Received: a "
            "larger order; the command line makes it."
        )


def _number(value: Any, name: str, least: float, most: float) -> float:
    if isinstance(value, str):
        try:
            value = float(value[:40])
        except ValueError:
            raise InputError(
                f"Expected {name} to be a number. Received: {show_value(value)}."
            ) from None
    return within(value, name, least, most)
