"""Tiles in pixels: the frames that the pyramid chose, composed and encoded."""

import io

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.drawing.compose import BLACK, Colour, Picture, flatten
from frameatlas.drawing.downscale import paint_together
from frameatlas.drawing.stored_pictures import Pictures, StoredPictures
from frameatlas.errors import InputError
from frameatlas.geometry.cell_size import CellSize
from frameatlas.geometry.pyramid import EMPTY, Allowed, Pyramid

TILE_WIDTH = 256
"""Pixels across of a tile on an ordinary screen."""

SCALES = (1, 2)
"""Ordinary screens, dense screens."""

KINDS = {"webp": "image/webp", "jpg": "image/jpeg"}
"""Endings of encoded tiles, and what HTTP calls them."""

DRAWING = 2
"""Raised when the tiles of a map come out otherwise than before: kept ones are then not shown."""

QUICK, SMALL = 0, 2
"""Efforts of WebP, both as sharp as Pillow's usual 4: 0 takes a quarter of its time for 15 % more
bytes, 2 half of it for 3 %."""


def pyramid_of(atlas: Atlas) -> Pyramid:
    """The pyramid of an atlas' current map."""
    return Pyramid.of(atlas.coordinates, atlas.source_numbers)


def tile_size(atlas: Atlas) -> CellSize:
    """Pixels of a tile on an ordinary screen: 256 across, in the frames' most common shape."""
    if not len(atlas):
        return CellSize(TILE_WIDTH, TILE_WIDTH * 9 // 16)
    return CellSize(TILE_WIDTH, max(1, round(TILE_WIDTH / atlas.frame_size.aspect)))


def render_tile(
    atlas: Atlas,
    pyramid: Pyramid,
    z: int,
    x: int,
    y: int,
    *,
    scale: int = 1,
    mask: Allowed | None = None,
    contain: bool = False,
    pictures: Pictures | None = None,
) -> Picture | None:
    """A tile's pixels.

    Args:
        atlas: The atlas.
        pyramid: Of its map.
        z: Zoom.
        x: Column of the tile, from the left.
        y: Row of the tile, from the top.
        scale: 1, or 2 for dense screens. Where the frames are stored smaller than the cells, the
            tile comes at their size: a browser enlarges it as well as we could.
        mask: Show only these frames; bool of shape (n,).
        contain: Show frames of other shapes whole instead of cropping them about their middle.
        pictures: Where pictures come from; without it, the atlas' stored frames.

    Returns:
        uint8 of shape (height, width, 4), RGBA and clear where no frame is; of shape
        (height, width, 3), RGB, where frames fill it; None where there is no frame at all.

    Raises:
        InputError: There is no such tile or scale.
    """
    if scale not in SCALES:
        raise InputError(f"Expected a scale of 1 or 2. Received: {scale}.")
    grid = pyramid.tile(z, x, y, mask)
    if (grid == EMPTY).all():
        return None
    size = _pixels(atlas, len(grid), scale)
    return _compose_cells(grid, size, pictures or StoredPictures(atlas), contain=contain)


def encode_tile(
    picture: Picture,
    kind: str,
    quality: int = 80,
    background: Colour = BLACK,
    *,
    effort: int = SMALL,
) -> bytes:
    """A tile as a file's bytes, the same for the same tile.

    Args:
        picture: uint8 of shape (height, width, 3 or 4).
        kind: "webp", which keeps clear places clear, or "jpg".
        quality: 1 to 100.
        background: Of clear places in a JPEG.
        effort: Of WebP: ``QUICK`` where somebody waits for it, ``SMALL`` where it is sent far.
    """
    from PIL import Image

    if kind not in KINDS:
        raise InputError(f"Expected webp or jpg. Received: {kind!r}.")
    out = io.BytesIO()
    if kind == "webp":
        Image.fromarray(picture).save(out, "WEBP", quality=quality, method=effort)
    else:
        Image.fromarray(flatten(picture, background)).save(out, "JPEG", quality=quality)
    return out.getvalue()


def _pixels(atlas: Atlas, across: int, scale: int) -> CellSize:
    """Size of a tile whose cells are at most as large as the frames are stored."""
    tile, stored = tile_size(atlas), atlas.frame_size
    if tile.width * scale <= stored.width * across:
        return CellSize(tile.width * scale, tile.height * scale)
    return CellSize(stored.width * across, stored.height * across)


def _compose_cells(
    grid: NDArray[np.int64], size: CellSize, pictures: Pictures, *, contain: bool
) -> Picture:
    """The cells' pictures; their edges are rounded where a tile is no multiple of a cell."""
    across = len(grid)
    canvas = np.zeros((size.height, size.width, 4), np.uint8)
    places, frames = [], []
    for row, column in np.argwhere(grid != EMPTY).tolist():
        top, bottom = size.height * row // across, size.height * (row + 1) // across
        left, right = size.width * column // across, size.width * (column + 1) // across
        place = canvas[top:bottom, left:right]
        if place.size:
            places.append(place)
            frames.append(int(grid[row, column]))
    if isinstance(pictures, StoredPictures):
        pairs = zip(frames, places, strict=True)
        shown = (pictures.for_cell(*pair, contain=contain) for pair in pairs)
        paint_together(places, shown, contain=contain)
    else:
        paint_together(places, map(pictures, frames), contain=contain)
    return canvas if not canvas[..., 3].all() else np.ascontiguousarray(canvas[..., :3])
