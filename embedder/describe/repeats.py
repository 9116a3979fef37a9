"""Frames that show what the one before showed: screen recordings, slides, an empty street.

They take over its features. Looked for within one block of frames that are described together
(decision 5), so that the numbers depend on nothing else.
"""

import numpy as np
from numpy.typing import NDArray

from frameatlas.frames import Pixels

LEVEL = 1
"""Levels of 255 by which each value of a frame may differ: what encoders leave where all stands."""

_SPARSE = 37
"""Every so many values are compared first: most frames differ there already."""


def described_in_place(pixels: Pixels, boxes: NDArray[np.int32]) -> NDArray[np.intp]:
    """Which frame each one takes its features from: itself, or the last one that it repeats.

    Compared with the frame that is described, not with the one just before: so what changes by a
    level each time is described again as soon as that adds up.

    Args:
        pixels: uint8 of shape (n, height, width, 3), RGB.
        boxes: int32 of shape (n, 4): the part of each frame that is picture.

    Returns:
        intp of shape (n,).
    """
    places = np.arange(len(pixels))
    for number in range(1, len(pixels)):
        place = places[number - 1]
        same = np.array_equal(boxes[number], boxes[place])
        if same and _is_alike(pixels[number].reshape(-1), pixels[place].reshape(-1)):
            places[number] = place
    return places


def count_repeats(features: NDArray[np.float16], block: int) -> int:
    """How many rows are those before them, where blocks of so many rows were described together.

    Args:
        features: float16 of shape (n, dimension), from the beginning of a block.
        block: Rows of a block.
    """
    same: NDArray[np.bool_] = (features[1:] == features[:-1]).all(axis=1)
    same[block - 1 :: block] = False
    return int(same.sum())


def _is_alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    return _within(one[::_SPARSE], other[::_SPARSE]) and _within(one, other)


def _within(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    return int((np.maximum(one, other) - np.minimum(one, other)).max(initial=0)) <= LEVEL
