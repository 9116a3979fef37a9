"""Pictures to cells: the one place where poster, tiles and static site put pixels together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from frameatlas.geometry.cell_size import CellSize, contained_place, covering_part

Picture = NDArray[np.uint8]
"""uint8 of shape (height, width, 3), RGB."""

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

BLACK: Colour = (0, 0, 0)

Part = tuple[float, float, float, float]
"""left, top, right, bottom in pixels of a picture, not rounded."""

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels of a cell."""


def compose(
    pictures: Sequence[Picture | None],
    columns: int,
    cell: CellSize,
    *,
    gap: int = 0,
    background: Colour = (0, 0, 0),
    contain: bool = False,
) -> Picture:
    """Put pictures side by side, row after row.

    Args:
        pictures: One for each cell, the top row from left to right first; None leaves it empty.
        columns: Cells across.
        cell: Their size.
        gap: Pixels between cells.
        background: Of gaps, margins and empty cells.
        contain: Show pictures whole instead of cropping them to the cell about their middle.

    Returns:
        uint8 of shape (height, width, 3), RGB.
    """
    rows = -(-len(pictures) // columns)
    canvas = blank(canvas_size(columns, rows, cell, gap), background)
    for place, picture in enumerate(pictures):
        if picture is None:
            continue
        y = (place // columns) * (cell.height + gap)
        x = (place % columns) * (cell.width + gap)
        paint(canvas[y : y + cell.height, x : x + cell.width], picture, contain=contain)
    return canvas


def canvas_size(columns: int, rows: int, cell: CellSize, gap: int) -> tuple[int, int]:
    """Width and height in pixels of so many cells."""
    return columns * (cell.width + gap) - gap, rows * (cell.height + gap) - gap


def blank(size: tuple[int, int], background: Colour) -> Picture:
    """A picture of width and height, all background."""
    canvas = np.empty((size[1], size[0], 3), np.uint8)
    canvas[:] = background if len(set(background)) > 1 else background[0]
    return canvas


def paint(place: Picture, picture: Picture, *, contain: bool = False) -> Box:
    """Fill a cell with a picture.

    Args:
        place: The cell, a view of the canvas that already shows the background.
        picture: Any size, at least one pixel.
        contain: As in ``compose``.

    Returns:
        What was painted.
    """
    height, width = picture.shape[:2]
    box, part = visible_part(width, height, place, contain=contain)
    paint_part(place, picture, box, part)
    return box


def paint_part(place: Picture, picture: Picture, box: Box, part: Part) -> None:
    """Fill a part of a cell with a part of a picture.

    Args:
        place: The cell.
        picture: The picture.
        box: What is painted.
        part: What of the picture is shown there.
    """
    x, y, w, h = box
    if picture.shape[:2] == (h, w):
        place[y : y + h, x : x + w] = picture
    else:
        place[y : y + h, x : x + w] = scale(picture, (w, h), part)


def visible_part(width: int, height: int, place: Picture, *, contain: bool) -> tuple[Box, Part]:
    """Which part of a cell shows which part of a picture.

    Args:
        width: The picture's, in pixels.
        height: The picture's.
        place: The cell.
        contain: As in ``compose``.
    """
    cell = CellSize(place.shape[1], place.shape[0])
    if contain:
        return contained_place(width, height, cell), (0.0, 0.0, float(width), float(height))
    return (0, 0, cell.width, cell.height), covering_part(width, height, cell)


def scale(picture: Picture, size: tuple[int, int], part: Part) -> Picture:
    """A part of a picture at another size, antialiased.

    Args:
        picture: The whole picture.
        size: Width and height of the result.
        part: What is shown of it.
    """
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(picture))
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS, box=part), np.uint8)


def flatten(picture: Picture, background: Colour) -> Picture:
    """A picture with clear places as it looks on a background.

    Args:
        picture: uint8 of shape (height, width, 4), RGBA; RGB is returned as it is.
        background: Seen where alpha is 0.

    Returns:
        uint8 of shape (height, width, 3), RGB.
    """
    if picture.shape[2] == 3:
        return picture
    clear = picture[..., 3:] == 0
    return np.where(clear, np.array(background, np.uint8), picture[..., :3])
