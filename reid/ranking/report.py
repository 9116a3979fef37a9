"""A ranking for people to read: a table as CSV, and a sheet of pictures in green and red frames."""

import csv
import io
from pathlib import Path

from PIL import Image, ImageDraw

from frameatlas.reid.ranking.features import open_picture
from frameatlas.reid.ranking.rank import Ranking
from frameatlas.safe_text import spreadsheet_cell
from frameatlas.store.atomic import translate_os_errors, write_text

RIGHT, WRONG, UNKNOWN, ASKED = (30, 160, 70), (205, 45, 45), (130, 130, 130), (40, 90, 200)
"""Frames: the same person, another, not known; and the query's own."""

PAPER = (255, 255, 255)
CELL = (64, 128)
FRAME, GAP, MARGIN = 5, 6, 16
MOST_QUERIES, MOST_RANKS = 20, 10
"""Rows and columns of a sheet: what fits on a screen."""


def write_table(ranking: Ranking, path: Path) -> None:
    """Write one row a query and rank: query, rank, picture, distance, match (1, 0 or nothing)."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["query", "rank", "picture", "distance", "match"])
    for number, order in enumerate(ranking.order):
        for place, found in enumerate(order):
            match = "" if ranking.match is None else int(ranking.match[number][place])
            distance = f"{ranking.distance[number][place]:.6f}"
            query = spreadsheet_cell(str(ranking.query.paths[number]))
            picture = spreadsheet_cell(str(ranking.gallery.paths[found]))
            rows.writerow([query, place + 1, picture, distance, match])
    write_text(path, text.getvalue())


def write_sheet(ranking: Ranking, path: Path) -> int:
    """Draw the first queries with their first ranks: the query in blue, then green or red.

    Args:
        ranking: What to draw.
        path: The picture; its ending says the kind.

    Returns:
        Number of queries drawn.
    """
    rows = evenly(len(ranking.query), MOST_QUERIES)
    ranks = max((len(ranking.order[row][:MOST_RANKS]) for row in rows), default=0)
    across = CELL[0] + 2 * FRAME + GAP
    down = CELL[1] + 2 * FRAME + GAP
    width = 2 * MARGIN + across * (1 + ranks) - GAP + (GAP * 3 if ranks else 0)
    sheet = Image.new("RGB", (width, 2 * MARGIN + down * len(rows) - GAP), PAPER)
    pen = ImageDraw.Draw(sheet)
    for line, row in enumerate(rows):
        top = MARGIN + line * down
        _place(sheet, pen, (MARGIN, top), ranking.query.paths[row], ASKED)
        for place, found in enumerate(ranking.order[row][:MOST_RANKS]):
            colour = UNKNOWN
            if ranking.match is not None:
                colour = RIGHT if ranking.match[row][place] else WRONG
            left = MARGIN + 3 * GAP + across * (1 + place)
            _place(sheet, pen, (left, top), ranking.gallery.paths[found], colour)
    with translate_os_errors(path):
        sheet.save(path)
    return len(rows)


def evenly(count: int, most: int) -> list[int]:
    """At most so many of the numbers below ``count``, from the first to the last of them."""
    if count <= most:
        return list(range(count))
    return [round(step * (count - 1) / (most - 1)) for step in range(most)]


def _place(
    sheet: Image.Image,
    pen: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    picture: Path,
    colour: tuple[int, int, int],
) -> None:
    left, top = corner
    right, low = left + CELL[0] + 2 * FRAME, top + CELL[1] + 2 * FRAME
    pen.rectangle((left, top, right - 1, low - 1), fill=colour)
    pen.rectangle((left + FRAME, top + FRAME, right - FRAME - 1, low - FRAME - 1), fill=PAPER)
    image = open_picture(picture)
    scale = min(CELL[0] / image.width, CELL[1] / image.height)
    size = (max(1, round(scale * image.width)), max(1, round(scale * image.height)))
    shift = (left + FRAME + (CELL[0] - size[0]) // 2, top + FRAME + (CELL[1] - size[1]) // 2)
    sheet.paste(image.resize(size, Image.Resampling.BICUBIC), shift)
