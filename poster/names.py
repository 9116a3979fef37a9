"""Names of regions on a poster: written over its bands as these pass, none over another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from frameatlas.atlas import Atlas
from frameatlas.drawing.compose import Picture
from frameatlas.poster.figures.figure_text import font, width_of
from frameatlas.poster.placement.assignment import EMPTY
from frameatlas.poster.placement.place import Placement
from frameatlas.poster.strips import CellStyle
from frameatlas.regions.map_regions import map_regions
from frameatlas.regions.members import MemberFrames
from frameatlas.regions.regions import Region
from frameatlas.store.notes.names_file import read_names

ACROSS = 2.83
"""A disc is so many times wider than the root mean square of its points' distances."""

FITS = 1.5
"""How many times wider than its region a name may be: more regions are named on a closer poster."""

FEWEST = 3
"""Cells of a region, at least."""

WHOLE = 0.6
"""Share of the poster from which a region's parts are named and it is not."""

_CELL_SHARE, _POSTER_SHARE = 0.3, 1 / 90
_SMALLEST, _LARGEST = 9, 400
_BACK = (10, 12, 15, 190)
_INK = (255, 255, 255, 255)


@dataclass(frozen=True, eq=False)
class Label:
    """A name as it is painted.

    Attributes:
        name: The text.
        x: Of its left edge on the poster, in pixels.
        y: Of its upper edge.
        pixels: uint8 of shape (height, width, 4), RGBA.
    """

    name: str
    x: int
    y: int
    pixels: NDArray[np.uint8]

    def overlaps(self, other: "Label", gap: int) -> bool:
        """Whether two labels are nearer to each other than a gap of pixels."""
        (high, wide), (its_high, its_wide) = self.pixels.shape[:2], other.pixels.shape[:2]
        return bool(
            self.x < other.x + its_wide + gap
            and other.x < self.x + wide + gap
            and self.y < other.y + its_high + gap
            and other.y < self.y + high + gap
        )


def labels_of(
    atlas: Atlas, placement: Placement, style: CellStyle, size: tuple[int, int], groups: int
) -> list[Label]:
    """The names that a poster shows.

    Args:
        atlas: The atlas.
        placement: The frame of each cell.
        style: How cells look.
        size: Width and height of the poster in pixels.
        groups: Regions of the coarsest level.
    """
    levels, regions = map_regions(atlas, groups)
    given = {one.id: one for one in read_names(atlas.folder)}
    shown = np.where(placement.frames == EMPTY, -1, placement.frames).reshape(-1)
    filled = np.flatnonzero(shown >= 0)
    find = MemberFrames(atlas)
    found: list[Label] = []
    most = max((one.frames for one in regions), default=1)
    for region in sorted(regions, key=lambda one: (not one.given, one.level, -one.frames)):
        if not region.name:
            continue
        if region.number >= 0:
            inside = levels[region.level].labels[shown[filled]] == region.number
        else:
            inside = np.isin(shown[filled], find(given[region.given].members))
        has_parts = any(
            one.level == region.level + 1 and one.parent == region.number for one in regions
        )
        cells = filled[inside]
        whole = has_parts and len(cells) > WHOLE * len(filled)
        if len(cells) < FEWEST or (whole and not region.given):
            continue
        label = _label(region, cells, placement, style, size, most)
        if label and not any(label.overlaps(one, gap=label.pixels.shape[0] // 4) for one in found):
            found.append(label)
    return found


def _label(
    region: Region,
    cells: NDArray[np.int64],
    placement: Placement,
    style: CellStyle,
    size: tuple[int, int],
    most: int,
) -> Label | None:
    """A region's label in the middle of its cells; None where it is too wide for it."""
    step = np.array([style.size.width + style.gap, style.size.height + style.gap])
    columns = placement.grid.columns
    places = (np.stack([cells % columns, cells // columns], axis=1) + 0.5) * step
    middle = np.median(places, axis=0)
    spread = np.sqrt(((places - places.mean(axis=0)) ** 2).sum(axis=1).mean())
    usual = max(_CELL_SHARE * style.size.height, _POSTER_SHARE * size[0])
    letters = usual * (0.8 + 0.8 * np.sqrt(region.frames / max(1, most)))
    height = int(np.clip(letters, _SMALLEST, _LARGEST))
    pixels = _painted(region.name, height)
    high, wide = pixels.shape[:2]
    across = ACROSS * float(spread) + float(step[0])
    if (wide > FITS * across and not region.given) or wide > size[0] or high > size[1]:
        return None
    x = int(np.clip(middle[0] - wide / 2, 0, size[0] - wide))
    y = int(np.clip(middle[1] - high / 2, 0, size[1] - high))
    return Label(region.name, x, y, pixels)


def _painted(text: str, height: int) -> NDArray[np.uint8]:
    edge = max(2, height // 3)
    wide, high = round(width_of(text, height)) + 2 * edge, round(1.35 * height) + edge
    image = Image.new("RGBA", (wide, high), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, wide - 1, high - 1), radius=edge, fill=_BACK)
    pen.text((wide / 2, high / 2), text, fill=_INK, font=font(height), anchor="mm")
    return np.asarray(image)


def labelled(bands: Iterator[Picture], labels: Sequence[Label]) -> Iterator[Picture]:
    """Bands of rows with the labels painted on them, whichever of them a label lies on."""
    top = 0
    for band in bands:
        high = len(band)
        for label in labels:
            first, last = max(label.y, top), min(label.y + len(label.pixels), top + high)
            if first < last:
                part = label.pixels[first - label.y : last - label.y].astype(np.uint16)
                place = band[first - top : last - top, label.x : label.x + part.shape[1]]
                alpha = part[..., 3:]
                place[:] = (alpha * part[..., :3] + (255 - alpha) * place) // 255
        top += high
        yield band
