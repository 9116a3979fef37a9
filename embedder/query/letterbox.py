"""Black bars around a picture: found over many frames at once, so that a dark scene is none."""

import numpy as np
from numpy.typing import NDArray

from frameatlas.frames import Pixels

DARK = 30
"""Largest level, of 255, of a bar's pixels on average: video's black with an encoder's noise."""

BRIGHTEST = 60
"""Level below which nearly all (99.5 %) of a bar's pixels stay in every frame looked at."""

LEAST = 0.015
"""Share of a side below which a dark edge is no bar."""

MOST = 0.7
"""Share of a side above which it is a dark scene with something bright in it."""

SAMPLED = 24
"""Frames looked at."""


def within_bars(pixels: Pixels, boxes: NDArray[np.int32]) -> tuple[int, int, int, int] | tuple[()]:
    """Where the picture lies between its bars.

    Args:
        pixels: uint8 of shape (n, height, width, 3), RGB.
        boxes: int32 of shape (n, 4): the part of each frame that is picture.

    Returns:
        x, y, width, height in pixels, the same for all frames; () where there are no bars.
    """
    x, y, width, height = (int(value) for value in boxes[0])
    if (boxes != boxes[0]).any() or min(width, height) < 16:
        return ()
    chosen = np.unique(np.linspace(0, len(pixels) - 1, SAMPLED).astype(int))
    level = pixels[chosen, y : y + height, x : x + width].max(axis=3)
    top, bottom = _edges(level.transpose(1, 0, 2).reshape(height, -1))
    left, right = _edges(level.transpose(2, 0, 1).reshape(width, -1))
    if (top, bottom, left, right) == (0, 0, 0, 0):
        return ()
    inner = (x + left, y + top, width - left - right, height - top - bottom)
    return inner if inner[2] >= (1 - MOST) * width and inner[3] >= (1 - MOST) * height else ()


def _edges(lines: NDArray[np.uint8]) -> tuple[int, int]:
    """Dark lines at the beginning and at the end; one more is cut, which the encoder smeared."""
    dark = (lines.mean(axis=1) < DARK) & (np.percentile(lines, 99.5, axis=1) < BRIGHTEST)
    bright = np.flatnonzero(~dark)
    if not len(bright):
        return 0, 0
    first, last = int(bright[0]), len(dark) - 1 - int(bright[-1])
    least = max(2, LEAST * len(dark))
    return (first + 1 if first >= least else 0, last + 1 if last >= least else 0)
