"""Contact sheets: the crops of each player side by side, for a person to judge."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from frameatlas.drawing.compose import compose
from frameatlas.geometry.cell_size import CellSize
from frameatlas.store.atomic import translate_os_errors

CELL = CellSize(96, 192)
COLUMNS = 10
MOST = 40
"""Crops on one sheet."""

GAP = 4
GREY = (40, 40, 40)
_HEADER = 28
_QUALITY = 90

Pixels = NDArray[np.uint8]
Take = Callable[[int], Pixels]


def contact_sheet(take: Take, crops: Sequence[int], labels: Sequence[str], title: str) -> Pixels:
    """Crops in rows, each with its tracklet's name, under a title.

    Args:
        take: Gives a crop's picture, uint8 of shape (height, width, 3), without its padding.
        crops: Their numbers, in the order shown.
        labels: What to write on each; "" for nothing.
        title: Written above.

    Returns:
        uint8 of shape (height, width, 3), RGB.
    """
    columns = min(COLUMNS, max(1, len(crops)))
    empty = [None] * (-len(crops) % columns)
    pictures = [*(take(crop) for crop in crops), *empty]
    body = compose(pictures, columns, CELL, gap=GAP, background=GREY, contain=True)
    width = max(body.shape[1], 360)
    sheet = np.empty((body.shape[0] + _HEADER, width, 3), np.uint8)
    sheet[:] = GREY
    sheet[_HEADER:, : body.shape[1]] = body
    image = Image.fromarray(sheet)
    draw = ImageDraw.Draw(image)
    draw.text((8, 6), title, fill=(255, 255, 255), font_size=15)
    for place, label in enumerate(labels):
        x = (place % columns) * (CELL.width + GAP) + 4
        y = _HEADER + (place // columns) * (CELL.height + GAP) + 2
        if label:
            draw.text((x, y), label, (255, 255, 255), font_size=13, stroke_width=2, stroke_fill=0)
    return np.asarray(image, np.uint8)


def choose_crops(
    crops: NDArray[np.int64], tracklet: NDArray[np.int64], quality: NDArray[np.float32]
) -> list[int]:
    """At most 40 crops of one player: of every tracklet the best ones, in time.

    Args:
        crops: int64 of shape (m,): numbers of the player's crops, in the order of time.
        tracklet: int64 of shape (m,): of each of them.
        quality: float32 of shape (m,).
    """
    order = np.lexsort((np.arange(len(crops)), -quality, tracklet))
    ordered = tracklet[order]
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    counts = np.diff([*first, len(ordered)])
    turn = np.arange(len(ordered)) - np.repeat(first, counts)
    kept = order[np.lexsort((-quality[order], turn))[:MOST]]
    # Tracklet after tracklet, as they come in time.
    begin = np.array([np.flatnonzero(tracklet == t)[0] for t in tracklet[kept]])
    return [int(crops[place]) for place in kept[np.lexsort((kept, begin))]]


def save_sheet(path: Path, sheet: Pixels) -> None:
    """Write a sheet as JPEG."""
    with translate_os_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(sheet).save(path, "JPEG", quality=_QUALITY)
