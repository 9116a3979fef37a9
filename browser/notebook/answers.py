"""What a map in a notebook asks of an atlas: tiles, frames, and which frames lie within shapes."""

from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.browser.view.drawn_tiles import draw_tile
from frameatlas.browser.view.encoding import encode, small_picture
from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.frame_facts import frame_number, moment_of
from frameatlas.browser.view.open_map import OpenMap, display_name
from frameatlas.browser.view.overlays import spread_evenly
from frameatlas.browser.view.shapes import select, shapes_of
from frameatlas.browser.web.parameters import within
from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.drawing.tiles import SCALES
from frameatlas.errors import InputError

KEPT_TILES = 1_000
"""Encoded tiles that are kept: some 10 MB."""

MOST_MARKS = 20_000
"""Selected frames that are marked on the map; of more, so many spread evenly."""

HEIGHTS = (96, 300)
"""Pixels down of a frame under the pointer, and of one that was pressed."""

Frames = NDArray[np.int64]


class MapAnswers:
    """Answers the questions of one map in a notebook.

    Args:
        atlas: The atlas.

    Raises:
        NoAtlasError: No map was drawn yet.
    """

    def __init__(self, atlas: Atlas) -> None:
        self._opened = OpenMap(atlas)
        self._pictures = StoredPictures(atlas)
        self._tiles: OrderedDict[tuple[int, int, int, int], tuple[bytes, bytes]] = OrderedDict()

    def __len__(self) -> int:
        """Number of frames."""
        return len(self._opened.atlas)

    def facts(self) -> dict[str, Any]:
        """What the page side has to know at first: name, frames, tile size, deepest zoom."""
        tile = self._opened.tile()
        return {
            "name": display_name(self._opened.atlas.folder.name),
            "frames": len(self),
            "tile": [tile.width, tile.height],
            "deepest": self._opened.pyramid().deepest,
        }

    def tile(self, z: Any, x: Any, y: Any, scale: Any) -> tuple[bytes, bytes]:
        """A tile of the map.

        Args:
            z: Zoom, from 0.
            x: Column, from the left.
            y: Row, from the top.
            scale: 1, or 2 for dense screens.

        Returns:
            A WebP or PNG file; and the frames in its cells, little-endian int32 of shape (k, k),
            the top row first, -1 where there is none.

        Raises:
            InputError: There is no such tile.
        """
        place = (_whole(z), _whole(x), _whole(y))
        pyramid = self._opened.pyramid()
        if not pyramid.holds(*place) or scale not in SCALES:
            raise InputError(f"Expected a tile of the map. Received: {place} at scale {scale!r}.")
        key = (*place, int(scale))
        if key not in self._tiles:
            picture = draw_tile(self._opened, place, int(scale), Filter(), "webp")
            self._tiles[key] = picture, pyramid.tile(*place).astype("<i4").tobytes()
        self._tiles.move_to_end(key)
        while len(self._tiles) > KEPT_TILES:
            self._tiles.popitem(last=False)
        return self._tiles[key]

    def frame(self, frame: Any, height: int) -> tuple[dict[str, Any], bytes]:
        """A frame's name, time and place, and its picture as a JPEG of at most a height.

        Raises:
            InputError: There is no such frame.
        """
        number = frame_number(self._opened, _whole(frame))
        picture = np.asarray(self._pictures(number), np.uint8)
        facts = moment_of(self._opened, number)
        return facts, encode(small_picture(picture, height), ".jpg")

    def inside(self, shapes: Any) -> Frames:
        """The frames within shapes that add and subtract one after the other; none without any.

        Args:
            shapes: A list of {"kind": "rectangle" or "polygon", "points", "subtract"}.

        Raises:
            InputError: They are no shapes.
        """
        parsed = shapes_of(shapes)
        if not parsed:
            return np.zeros(0, np.int64)
        return np.flatnonzero(select(parsed, self._opened.pyramid().places))

    def marks(self, frames: Frames) -> bytes:
        """Where frames lie on the map: little-endian float32 of shape (m, 2), x and y."""
        some = frames[spread_evenly(len(frames), MOST_MARKS)]
        return self._opened.pyramid().places[some].astype("<f4").tobytes()


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise InputError(f"Expected a whole number. Received: {str(value)[:40]!r}.")
    return int(within(value, "a number", 0, 2**31 - 1))
