"""What was found as a contact sheet."""

from pathlib import Path
from typing import TYPE_CHECKING

from frameatlas.atlas import Atlas
from frameatlas.safe_text import say

if TYPE_CHECKING:
    from frameatlas.drawing.compose import Picture

MOST_ON_A_SHEET = 400
"""Pictures: what fits a PNG that programs open without complaint."""


def stored_picture(atlas: Atlas, frame: int) -> "Picture":
    """The picture of a frame, without what frames of another shape leave around it."""
    x, y, width, height = atlas.boxes[frame].tolist()
    return atlas.frames[frame][y : y + height, x : x + width]


def write_pictures(
    atlas: Atlas,
    pictures: "list[Picture] | list[Picture | None]",
    captions: list[str],
    output: Path,
    title: str,
    marked: set[int],
    columns: int | None = None,
) -> None:
    """Write a contact sheet and say how large it is.

    Args:
        atlas: Whose cells' shape the sheet has.
        pictures: In rows; None leaves a cell empty.
        captions: Of each.
        output: The file.
        title: Above all.
        marked: Places of pictures that are framed.
        columns: Without them, as many as give about a square.
    """
    from frameatlas.geometry.cell_size import common_size
    from frameatlas.poster.figures.contact_sheet import contact_sheet, write_sheet

    cell = common_size(atlas.boxes).of_height(180)
    columns = columns or max(1, round((1.2 * len(pictures) / cell.aspect) ** 0.5))
    sheet = contact_sheet(
        pictures, captions, columns=columns, cell=cell, title=title, marked=marked
    )
    write_sheet(output, sheet)
    say(f"{output}: {sheet.shape[1]} × {sheet.shape[0]} pixels.", err=True)
