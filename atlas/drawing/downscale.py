"""Pictures made small together, as a tile needs them; each comes out as it would alone.

A tile of sixteen cells takes a quarter less time so. Above all its drawer asks for Python's lock a
few times in place of a hundred, and each time another thread may be holding it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.drawing.compose import Box, Part, Picture, paint_part, visible_part

_GAP = 1.3
"""Blocks are averaged until a picture is at least so much larger than the result."""

_MOST_ROWS = 256
"""Rows that are averaged at once: their sum fits in 16 bits."""

_HELD = 64_000_000
"""Bytes that averaged rows may take; ordinary tiles hold three million."""


@dataclass(frozen=True)
class Reduced:
    """A picture that was read smaller than it is, since no more of it will be seen.

    Attributes:
        pixels: uint8 of shape (height / by, width / by, 3), rounded up, RGB.
        by: The factor, at least 1.
        width: Of the whole picture, in pixels.
        height: The same.
    """

    pixels: Picture
    by: int
    width: int
    height: int


def paint_together(
    places: Sequence[Picture],
    pictures: Iterable[Picture | Reduced],
    *,
    contain: bool = False,
) -> None:
    """Fill cells with pictures, those that become much smaller quickly.

    Args:
        places: The cells, views of a canvas: uint8 of shape (height, width, 4), RGBA. What is
            painted becomes opaque.
        pictures: One for each; asked for one after the other, none is kept.
        contain: As in ``composer.compose``.
    """
    begun: dict[tuple[object, ...], Shrinking] = {}
    for number, (place, given) in enumerate(zip(places, pictures, strict=True)):
        colours = place[..., :3]
        picture, box, part = _seen(given, colours, contain=contain)
        x, y, w, h = box
        place[y : y + h, x : x + w, 3] = 255
        if averaged_rows(part, h) < 2:
            paint_part(colours, picture, box, part)
            continue
        key = (picture.shape, w, h, part)
        if key not in begun:
            begun[key] = Shrinking(picture, box, part, len(places) - number)
        begun[key].add(colours[y : y + h, x : x + w], picture)
    for shrinking in begun.values():
        shrinking.paint()


def _seen(given: Picture | Reduced, place: Picture, *, contain: bool) -> tuple[Picture, Box, Part]:
    """Pixels, which part of a cell shows them, and which part of them is shown."""
    if not isinstance(given, Reduced):
        height, width = given.shape[:2]
        return given, *visible_part(width, height, place, contain=contain)
    box, (left, top, right, bottom) = visible_part(
        given.width, given.height, place, contain=contain
    )
    by = given.by
    return given.pixels, box, (left / by, top / by, right / by, bottom / by)


def averaged_rows(part: Part, height: int) -> int:
    """How many rows of a picture's part become one before it is scaled to a height; 1 for none."""
    return max(1, min(int((part[3] - part[1]) / height / _GAP), _MOST_ROWS))


class Shrinking:
    """Pictures of one size on their way to one smaller size.

    Whole rows are averaged as pictures come, then whole blocks, and only then they are scaled. It
    takes a sixth to a third of the time of scaling at once, and differs by about a grey level.

    Args:
        picture: One of them.
        box: Its width and height are the result's.
        part: What is shown of each.
        most: How many will come at most.
    """

    def __init__(self, picture: Picture, box: Box, part: Part, most: int) -> None:
        height, self._width = picture.shape[:2]
        self._size, self._part = box[2:], part
        self._step = averaged_rows(part, box[3])
        self._rows = height // self._step
        fitting = max(1, _HELD // (self._rows * self._width * 6))
        shape = (min(most, fitting), self._rows, 3 * self._width)
        self._sums = np.empty(shape, np.uint16)
        self._places: list[Picture] = []

    def add(self, place: Picture, picture: Picture) -> None:
        """Take a picture in; its place is filled when all are there, or no more can be held.

        NumPy adds up rows many bytes at a time, and Pillow then has little left to unpack.
        """
        if len(self._places) == len(self._sums):
            self.paint()
        blocks = np.ascontiguousarray(picture[: self._rows * self._step])
        blocks = blocks.reshape(self._rows, self._step, 3 * self._width)
        sums = self._sums[len(self._places)]
        np.add.reduce(blocks, axis=1, dtype=np.uint16, out=sums)
        self._places.append(place)

    def paint(self) -> None:
        """Fill the places of the pictures that are held."""
        if not self._places:
            return
        small = self._lower(self._narrower(self._means()))
        for number, place in enumerate(self._places):
            place[:] = small[:, number]
        self._places = []

    def _means(self) -> NDArray[np.uint8]:
        """uint8 of shape (n, rows, 3 * width)."""
        sums = self._sums[: len(self._places)]
        sums += np.uint16(self._step // 2)
        sums //= np.uint16(self._step)
        return sums.astype(np.uint8)

    def _narrower(self, means: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Scaled across one below the other, as that does not mix rows: (n, rows, w, 3)."""
        from PIL import Image

        count, width = len(means), self._size[0]
        height = count * self._rows
        column = Image.fromarray(means.reshape(height, self._width, 3))
        kind, box = Image.Resampling.LANCZOS, (self._part[0], 0, self._part[2], height)
        narrow = column.resize((width, height), kind, box=box, reducing_gap=_GAP)
        return np.asarray(narrow, np.uint8).reshape(count, self._rows, width, 3)

    def _lower(self, narrow: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Scaled down side by side, as that does not mix columns: (h, n, w, 3)."""
        from PIL import Image

        count, (width, height) = len(narrow), self._size
        top = min(self._part[1] / self._step, self._rows - 1)
        bottom = min(self._part[3] / self._step, self._rows)
        side = np.ascontiguousarray(narrow.transpose(1, 0, 2, 3))
        row = Image.fromarray(side.reshape(self._rows, count * width, 3))
        kind, box = Image.Resampling.LANCZOS, (0, top, count * width, bottom)
        low = row.resize((count * width, height), kind, box=box)
        return np.asarray(low, np.uint8).reshape(height, count, width, 3)
