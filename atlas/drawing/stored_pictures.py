"""Where a cell's picture comes from: the atlas' stored frames, or the originals."""

from typing import Protocol

from frameatlas.atlas import Atlas
from frameatlas.drawing.compose import Picture, visible_part
from frameatlas.drawing.downscale import Reduced, averaged_rows
from frameatlas.errors import DamagedAtlasError
from frameatlas.store.pictures.jpeg_coding import REDUCTIONS


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
            raise self._smaller(frame)
        return picture

    def for_cell(self, frame: int, place: Picture, *, contain: bool) -> Picture | Reduced:
        """The same, no larger than a cell needs it where that is read sooner.

        Args:
            frame: The frame.
            place: The cell.
            contain: As of ``compose``.
        """
        if not self._frames.reduces(frame):
            return self(frame)
        box = self._boxes[frame].tolist()
        by = _reduction(box, place, contain=contain)
        if by == 1:
            return self(frame)
        x, y, width, height = box
        left, top = x // by, y // by
        right, bottom = -(-(x + width) // by), -(-(y + height) // by)
        pixels = self._frames.reduced(frame, by)[top:bottom, left:right]
        if pixels.shape[:2] != (bottom - top, right - left):
            raise self._smaller(frame)
        return Reduced(pixels, by, width, height)

    def _smaller(self, frame: int) -> DamagedAtlasError:
        x, y, width, height = self._boxes[frame].tolist()
        return DamagedAtlasError(
            f"Expected frame {frame} to hold a picture of {width} × {height} pixels at {x}, "
            f"{y}. Received: a smaller frame; run `frameatlas index` on the same videos again."
        )


def _reduction(box: list[int], place: Picture, *, contain: bool) -> int:
    """The largest factor by which a picture may be read smaller for a cell; 1 for none.

    What lies within a larger frame has to begin and end where blocks of so many pixels do: else
    pixels would mix it with the frame's padding.
    """
    x, y, width, height = box
    if not width or not height:
        return 1
    (_, _, w, h), part = visible_part(width, height, place[..., :3], contain=contain)
    across = averaged_rows((part[1], part[0], part[3], part[2]), w)
    most = min(averaged_rows(part, h), across, width, height)
    padded = x or y
    for by in REDUCTIONS:
        if by <= most and not (padded and any(side % by for side in box)):
            return by
    return 1
