"""Where a cell's picture comes from: the atlas' stored frames, or the originals."""

from typing import Protocol

from frameatlas.atlas import Atlas
from frameatlas.drawing.compose import Picture
from frameatlas.errors import DamagedAtlasError


class Pictures(Protocol):
    """Gives the picture of a frame; may be called from several threads."""

    def __call__(self, frame: int, /) -> Picture:
        """uint8 of shape (height, width, 3), RGB, without padding."""


class StoredPictures:
    """The frames as they are stored in the atlas.

    Args:
        atlas: The atlas.
    """

    def __init__(self, atlas: Atlas) -> None:
        self._frames = atlas.frames
        self._boxes = atlas.boxes

    def __call__(self, frame: int, /) -> Picture:
        """The part of a stored frame that is picture."""
        x, y, width, height = self._boxes[frame].tolist()
        picture = self._frames[frame][y : y + height, x : x + width]
        if picture.shape[:2] != (height, width) or not picture.size:
            raise DamagedAtlasError(
                f"Expected frame {frame} to hold a picture of {width} × {height} pixels at {x}, "
                f"{y}. Received: a smaller frame; run `frameatlas index` on the same videos again."
            )
        return picture
