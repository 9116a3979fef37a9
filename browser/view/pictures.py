"""A stored frame's own picture."""

from frameatlas.browser.view.open_map import OpenMap
from frameatlas.drawing.compose import Picture


def picture_of(opened: OpenMap, frame: int) -> Picture:
    """A stored frame without the bars beside it: uint8 of shape (height, width, 3), RGB."""
    x, y, width, height = (int(value) for value in opened.atlas.boxes[frame])
    return opened.atlas.frames[frame][y : y + height, x : x + width]
