"""Pictures to cells: the one place where poster, tiles and static site put pixels together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from frameatlas.cells import CellSize, contained_place, covering_part

Picture = NDArray[np.uint8]
"""uint8 of shape (height, width, 3), RGB."""

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

BLACK: Colour = (0, 0, 0)

_GAP = 1.3
"""Blocks are averaged until a picture is at least so much larger than the result."""

_MOST_ROWS = 256
"""Rows that are averaged at once: their sum fits in 16 bits."""


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


def paint(
    place: Picture, picture: Picture, *, contain: bool = False, quick: bool = False
) -> tuple[int, int, int, int]:
    """Fill a cell with a picture.

    Args:
        place: The cell, a view of the canvas that already shows the background.
        picture: Any size, at least one pixel.
        contain: As in ``compose``.
        quick: As in ``scaled``.

    Returns:
        x, y, width, height of what was painted, in pixels of the cell.
    """
    cell = CellSize(place.shape[1], place.shape[0])
    height, width = picture.shape[:2]
    if (width, height) == (cell.width, cell.height):
        place[:] = picture
        return 0, 0, width, height
    x, y, w, h = 0, 0, cell.width, cell.height
    part = (0.0, 0.0, float(width), float(height))
    if contain:
        x, y, w, h = contained_place(width, height, cell)
    else:
        part = covering_part(width, height, cell)
    place[y : y + h, x : x + w] = scaled(picture, (w, h), part, quick=quick)
    return x, y, w, h


def scaled(
    picture: Picture,
    size: tuple[int, int],
    part: tuple[float, float, float, float],
    *,
    quick: bool = False,
) -> Picture:
    """A part of a picture at another size, antialiased.

    Args:
        picture: The whole picture.
        size: Width and height of the result.
        part: left, top, right, bottom in pixels of the picture, not rounded.
        quick: For small pictures of large ones: averages whole rows, then whole blocks, and only
            then scales. It takes a sixth to a third of the time, and differs by about a grey
            level.
    """
    from PIL import Image

    if quick:
        picture, part = _fewer_rows(picture, size, part)
    image = Image.fromarray(np.ascontiguousarray(picture))
    kind, gap = Image.Resampling.LANCZOS, _GAP if quick else None
    return np.asarray(image.resize(size, kind, box=part, reducing_gap=gap), np.uint8)


def _fewer_rows(
    picture: Picture, size: tuple[int, int], part: tuple[float, float, float, float]
) -> tuple[Picture, tuple[float, float, float, float]]:
    """Means of every so many rows of a picture, and the same part of it.

    NumPy adds up rows many bytes at a time, and Pillow then has little left to unpack.
    """
    left, top, right, bottom = part
    step = min(int((bottom - top) / size[1] / _GAP), _MOST_ROWS)
    if step < 2:
        return picture, part
    height, width = picture.shape[:2]
    rows = height // step
    blocks = np.ascontiguousarray(picture[: rows * step]).reshape(rows, step, 3 * width)
    sums = blocks.sum(axis=1, dtype=np.uint16)
    sums += np.uint16(step // 2)
    sums //= np.uint16(step)
    fewer = sums.astype(np.uint8).reshape(rows, width, 3)
    return fewer, (left, min(top / step, rows - 1), right, min(bottom / step, rows))


def flattened(picture: Picture, background: Colour) -> Picture:
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
