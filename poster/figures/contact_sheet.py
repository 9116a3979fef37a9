"""Contact sheets: pictures in rows, each with a caption below it.

from frameatlas.geometry.cell_size import CellSize
from frameatlas.poster.figures.contact_sheet import contact_sheet, write_sheet

sheet = contact_sheet(pictures, captions, columns=5, cell=CellSize(320, 180), title="holiday")
write_sheet(Path("sheet.png"), sheet)
"""

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from frameatlas.drawing.compose import Colour, Picture, blank, paint
from frameatlas.errors import InputError
from frameatlas.geometry.cell_size import CellSize
from frameatlas.poster.formats.image_info import PictureShape
from frameatlas.poster.formats.writers import check_fits, write_picture
from frameatlas.processors import available_processors

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

BACKGROUND: Colour = (18, 18, 20)
TEXT: Colour = (232, 232, 232)
QUIET: Colour = (160, 160, 165)
MARK: Colour = (255, 176, 0)
"""Of the frame around marked pictures: visible on dark and on light ones."""

DPI = 96.0
ELLIPSIS = "…"


def contact_sheet(
    pictures: Sequence[Picture | None],
    captions: Sequence[str],
    *,
    columns: int,
    cell: CellSize,
    title: str = "",
    marked: Collection[int] = (),
) -> Picture:
    """Put pictures with captions on one sheet, whole and centred in their cells.

    Args:
        pictures: Any sizes, uint8 of shape (height, width, 3), RGB; None leaves a cell empty.
        captions: One for each, of one or more lines. A line too long is shortened in its middle,
            where names of files say least.
        columns: Pictures across.
        cell: Their size without the caption.
        title: A line above all; "" leaves it out.
        marked: Positions of pictures that get a coloured frame, such as the query.

    Returns:
        uint8 of shape (height, width, 3), RGB.

    Raises:
        InputError: No picture, no column, or captions of another number.
    """
    if columns < 1 or not pictures or len(captions) != len(pictures):
        raise InputError(
            "Expected at least one picture and column, and a caption for each picture. Received: "
            f"{len(pictures)} pictures, {len(captions)} captions, {columns} columns; "
            "give an empty caption where there is nothing to say."
        )
    style = _Style.of(cell, captions)
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    head = round(2.2 * style.size) + style.gap if title else style.gap
    width = columns * (cell.width + style.gap) + style.gap
    sheet = blank((width, head + rows * style.row), BACKGROUND)
    for place, picture in enumerate(pictures):
        x, y = style.corner(place, columns, head)
        if place in marked and picture is not None:
            b = max(2, style.gap // 3)
            sheet[y - b : y + cell.height + b, x - b : x + cell.width + b] = MARK
            sheet[y : y + cell.height, x : x + cell.width] = BACKGROUND
        if picture is not None:
            paint(sheet[y : y + cell.height, x : x + cell.width], picture, contain=True)
    return _draw_captions(sheet, captions, title, style, columns, head)


def write_sheet(path: Path, sheet: Picture) -> None:
    """Write a sheet as the kind of file that its ending says; errors as ``write_picture``."""
    height, width = sheet.shape[:2]
    check_fits(path, width, height)
    write_picture(path, PictureShape(width, height, DPI), [sheet], available_processors())


class _Style:
    """Sizes in pixels: of the letters, of the gap between pictures, of a row."""

    def __init__(self, cell: CellSize, lines: int) -> None:
        self.cell = cell
        self.size = max(11, min(48, round(cell.height * 0.078)))
        self.gap = max(6, round(cell.height * 0.06))
        self.line = round(1.35 * self.size)
        self.row = cell.height + self.gap + lines * self.line + self.size // 2

    @classmethod
    def of(cls, cell: CellSize, captions: Sequence[str]) -> "_Style":
        lines = max((len(caption.splitlines()) for caption in captions), default=0)
        return cls(cell, lines)

    def corner(self, place: int, columns: int, head: int) -> tuple[int, int]:
        """Left and top of a cell's picture."""
        return (
            self.gap + (place % columns) * (self.cell.width + self.gap),
            head + (place // columns) * self.row,
        )


def _draw_captions(
    sheet: Picture, captions: Sequence[str], title: str, style: _Style, columns: int, head: int
) -> Picture:
    image = Image.fromarray(sheet)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(style.size)
    for place, caption in enumerate(captions):
        x, y = style.corner(place, columns, head)
        y += style.cell.height + style.size // 4
        for number, text in enumerate(caption.splitlines()):
            shown = shorten(draw, text, font, style.cell.width)
            draw.text((x, y + number * style.line), shown, QUIET if number else TEXT, font)
    if title:
        large = ImageFont.load_default(round(1.25 * style.size))
        shown = shorten(draw, title, large, sheet.shape[1] - 2 * style.gap)
        draw.text((style.gap, style.gap), shown, TEXT, large)
    return np.asarray(image, np.uint8)


def shorten(draw: ImageDraw.ImageDraw, text: str, font: Font, width: float) -> str:
    """A line that fits: letters of its middle give way to an ellipsis."""
    if draw.textlength(text, font) <= width:
        return text
    fits, fails = 0, len(text)  # letters kept
    while fails - fits > 1:
        kept = (fits + fails) // 2
        if draw.textlength(_without_middle(text, kept), font) <= width:
            fits = kept
        else:
            fails = kept
    return _without_middle(text, fits)


def _without_middle(text: str, kept: int) -> str:
    left = (kept + 1) // 2
    return text[:left] + ELLIPSIS + text[len(text) - (kept - left) :]
