"""A small picture of a whole map, to choose between several."""

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.drawing.compose import Picture, compose
from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.errors import InputError
from frameatlas.geometry.cell_size import common_size
from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.poster.placement.assignment import EMPTY
from frameatlas.poster.placement.place import frame_moments, place_frames


def preview(
    atlas: Atlas,
    coordinates: NDArray[np.float64],
    *,
    grid: Grid | None = None,
    height: int = 360,
    background: tuple[int, int, int] = (255, 255, 255),
) -> Picture:
    """The whole map as it would be with other coordinates.

    Args:
        atlas: Whose frames are shown.
        coordinates: float64 of shape (n, 2), one row for each frame of the atlas, in [-1, 1].
        grid: Cells; at most 14 × 14, as many as there are frames, where none is given.
        height: Of the picture in pixels, about.
        background: Of cells that no frame is near.

    Returns:
        uint8 of shape (height, width, 3), RGB.

    Raises:
        InputError: The coordinates are not those of the atlas' frames.
    """
    if coordinates.shape != (len(atlas), 2) or not len(atlas):
        raise InputError(
            f"Expected coordinates of shape ({len(atlas)}, 2), one row for each frame. "
            f"Received: {coordinates.shape}."
        )
    side = min(14, int(len(atlas) ** 0.5))
    grid = grid or Grid(side, side)
    cell = common_size(atlas.boxes).of_height(max(1, round(height / grid.rows)))
    placed = place_frames(coordinates, Viewport(), grid, frame_moments(atlas), fill="nearest")
    # The optimal fill would hide what is to be seen here: where a map has holes.
    near = np.where(placed.displacements <= 1.0, placed.frames, EMPTY)
    stored = StoredPictures(atlas)
    pictures = [None if frame == EMPTY else stored(int(frame)) for frame in near]
    return compose(pictures, grid.columns, cell, background=background)
