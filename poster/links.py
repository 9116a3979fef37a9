"""Beside a poster: a table of its cells, and a page on which every cell leads to its moment."""

import base64
import csv
import html
import io
from pathlib import Path

from PIL import Image

from frameatlas.atlas import Atlas
from frameatlas.clock import clock
from frameatlas.drawing.compose import Picture, blank, canvas_size, paint
from frameatlas.errors import InputError
from frameatlas.geometry.cell_size import CellSize
from frameatlas.poster.placement.assignment import EMPTY
from frameatlas.poster.placement.place import Placement
from frameatlas.poster.strips import CellStyle
from frameatlas.safe_text import plain, spreadsheet_cell
from frameatlas.store.atomic import write_text
from frameatlas.store.frame_origin import Origin

PREVIEW = 2_400
"""Pixels of the longer side of the page's own picture, which browsers show whatever the poster."""

COLUMNS = ("row", "column", "video", "seconds", "x", "y", "displacement", "frame")
"""Of the table; rows and columns count from 1, the top left cell first."""

_STYLE = (
    "body{margin:0;background:#222}main{position:relative;line-height:0}"
    "img{width:100%}a{position:absolute}a:hover,a:focus{outline:3px solid #fff;"
    "outline-offset:-3px;background:#fff3}"
)


def links_places(poster: Path) -> tuple[Path, Path]:
    """The table's file and the page's, for a poster's file."""
    return poster.with_suffix(".csv"), poster.with_suffix(".html")


def check_links_place(poster: Path) -> None:
    """Refuse places of table and page that cannot be files.

    Raises:
        InputError: One of them is a folder.
    """
    for path in links_places(poster):
        if path.is_dir():
            raise InputError(f"Expected a file to write. Received: the folder {path}; rename it.")


class Links:
    """Collects the cells while a poster is made.

    Args:
        atlas: The atlas.
        placement: The frame of each cell.
        style: The poster's cells; the page's picture has the same, smaller.
    """

    def __init__(self, atlas: Atlas, placement: Placement, style: CellStyle) -> None:
        self._atlas = atlas
        self._placement = placement
        columns, rows = placement.grid.columns, placement.grid.rows
        full = max(columns * style.size.width, rows * style.size.height)
        scale = min(1.0, PREVIEW / full)
        self._cell = CellSize(
            max(1, round(style.size.width * scale)), max(1, round(style.size.height * scale))
        )
        self._gap = round(style.gap * scale)
        size = canvas_size(columns, rows, self._cell, self._gap)
        self._preview = blank(size, style.background)

    def see(self, number: int, picture: Picture) -> None:
        """Draw a finished cell into the page's picture."""
        x, y = self._corner(number)
        paint(self._preview[y : y + self._cell.height, x : x + self._cell.width], picture)

    def write(self, poster: Path) -> None:
        """Write the table and the page beside the poster."""
        table, page = links_places(poster)
        shown = [
            (cell, frame, self._atlas.origins[frame])
            for cell, frame in enumerate(self._placement.frames.tolist())
            if frame != EMPTY
        ]
        write_text(table, self._table(shown))
        write_text(page, self._page(poster.stem, shown))

    def _corner(self, number: int) -> tuple[int, int]:
        row, column = divmod(number, self._placement.grid.columns)
        return column * (self._cell.width + self._gap), row * (self._cell.height + self._gap)

    def _table(self, shown: list[tuple[int, int, Origin]]) -> str:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for cell, frame, origin in shown:
            row, column = divmod(cell, self._placement.grid.columns)
            x, y = self._atlas.coordinates[frame]
            away = self._placement.displacements[cell]
            seconds = "" if origin.name else f"{origin.seconds:.6f}"
            writer.writerow(
                [
                    row + 1,
                    column + 1,
                    spreadsheet_cell(str(origin.path)),
                    seconds,
                    f"{x:.6f}",
                    f"{y:.6f}",
                ]
                + [f"{away:.4f}", frame]
            )
        return text.getvalue()

    def _page(self, title: str, shown: list[tuple[int, int, Origin]]) -> str:
        file = io.BytesIO()
        Image.fromarray(self._preview).save(file, "JPEG", quality=85)
        picture = base64.b64encode(file.getvalue()).decode()
        title = html.escape(plain(title))
        anchors = "\n".join(self._anchor(cell, origin) for cell, _, origin in shown)
        return (
            f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>{title}'
            f"</title>\n<style>{_STYLE}</style>\n<main>\n"
            f'<img alt="{title}" src="data:image/jpeg;base64,{picture}">\n'
            f"{anchors}\n</main>\n</html>\n"
        )

    def _anchor(self, cell: int, origin: Origin) -> str:
        """A link over a cell; a player that knows media fragments begins at its moment."""
        height, width = self._preview.shape[:2]
        x, y = self._corner(cell)
        moment = "" if origin.name else f"#t={origin.seconds:.3f}"
        said = plain(origin.path.name) + ("" if origin.name else f" at {clock(origin.seconds, 2)}")
        return (
            f'<a href="{html.escape(origin.path.absolute().as_uri() + moment)}" target="_blank" '
            f'title="{html.escape(said)}" aria-label="{html.escape(said)}" style="'
            f"left:{100 * x / width:.4f}%;top:{100 * y / height:.4f}%;"
            f"width:{100 * self._cell.width / width:.4f}%;"
            f'height:{100 * self._cell.height / height:.4f}%"></a>'
        )
