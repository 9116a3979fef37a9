"""A poster as bands of rows, few of them in memory at a time."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from frameatlas.drawing.compose import Colour, Picture, blank, canvas_size, paint
from frameatlas.drawing.stored_pictures import Pictures
from frameatlas.geometry.cell_size import CellSize
from frameatlas.poster.formats.ordered_threads import OrderedWork
from frameatlas.poster.placement.assignment import EMPTY
from frameatlas.poster.placement.place import Placement

LARGEST_BAND = 20 << 20
"""Bytes of a band: a row of cells above it goes through a file and comes in several bands."""

Seen = Callable[[int, Picture], None]
"""Called with every finished cell's number and pixels, in order."""


@dataclass(frozen=True)
class CellStyle:
    """How cells look.

    Attributes:
        size: Pixels.
        gap: Pixels between cells.
        background: RGB of gaps, margins and empty cells.
        contain: Show pictures whole instead of cropping them.
    """

    size: CellSize
    gap: int = 0
    background: Colour = (0, 0, 0)
    contain: bool = False


def bands(
    placement: Placement, pictures: Pictures, style: CellStyle, work: OrderedWork, seen: Seen
) -> Iterator[Picture]:
    """All rows of the poster, from the top.

    Args:
        placement: The frame of each cell.
        pictures: Gives their pictures.
        style: How cells look.
        work: Threads that fetch and scale.
        seen: Told of every cell.

    Yields:
        uint8 of shape (rows, width, 3), RGB.
    """
    columns, rows = placement.grid.columns, placement.grid.rows
    width, height = canvas_size(columns, 1, style.size, style.gap)
    finished = _finish_cells(placement, pictures, style, work, seen)
    for row in range(rows):
        if width * height * 3 <= LARGEST_BAND:
            yield _row_of_cells(finished, columns, style)
        else:
            yield from _bands_through_file(finished, columns, style)
        if style.gap and row < rows - 1:
            yield blank((width, style.gap), style.background)


def _finish_cells(
    placement: Placement, pictures: Pictures, style: CellStyle, work: OrderedWork, seen: Seen
) -> Iterator[Picture]:
    """Every cell's pixels in order; nothing is copied where a stored frame fits as it is."""

    def finish(frame: int) -> Picture:
        size = style.size
        if frame == EMPTY:
            return blank((size.width, size.height), style.background)
        picture = pictures(frame)
        if picture.shape[:2] == (size.height, size.width):
            return picture
        cell = blank((size.width, size.height), style.background)
        paint(cell, picture, contain=style.contain)
        return cell

    for number, cell in enumerate(work.map(finish, placement.frames.tolist())):
        seen(number, cell)
        yield cell


def _row_of_cells(finished: Iterator[Picture], columns: int, style: CellStyle) -> Picture:
    size, step = style.size, style.size.width + style.gap
    canvas = blank(canvas_size(columns, 1, size, style.gap), style.background)
    for column in range(columns):
        canvas[:, column * step : column * step + size.width] = next(finished)
    return canvas


def _bands_through_file(
    finished: Iterator[Picture], columns: int, style: CellStyle
) -> Iterator[Picture]:
    """A row of cells that is too large for memory: cell by cell to a file, back band by band."""
    size, step = style.size, style.size.width + style.gap
    line = size.width * 3
    width, _ = canvas_size(columns, 1, size, style.gap)
    rows = max(1, LARGEST_BAND // (width * 3))
    with tempfile.TemporaryFile() as file:
        for _ in range(columns):
            file.write(np.ascontiguousarray(next(finished)).data)
        for top in range(0, size.height, rows):
            count = min(rows, size.height - top)
            canvas = blank((width, count), style.background)
            for column in range(columns):
                file.seek((column * size.height + top) * line)
                piece = np.frombuffer(file.read(count * line), np.uint8)
                canvas[:, column * step : column * step + size.width] = piece.reshape(
                    count, size.width, 3
                )
            yield canvas
