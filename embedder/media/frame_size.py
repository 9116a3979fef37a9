"""How large a frame is: arithmetic on widths and heights, no pixels."""

import math
from fractions import Fraction

from frameatlas.embedder.media.frame_sink import Box

LONGEST_SIDE = 4096
"""Pixels. A strip of film scanned as one picture must not ask for a gigabyte per frame."""


def displayed_size(
    width: int, height: int, sample_aspect: Fraction, rotation: int
) -> tuple[int, int]:
    """Width and height in square pixels as a player shows them.

    Args:
        width: Stored pixels across.
        height: Stored pixels down.
        sample_aspect: Width of one stored pixel divided by its height.
        rotation: Degrees by which a player turns the picture, a multiple of 90.
    """
    shown = (max(1, round(width * sample_aspect)), height)
    return (shown[1], shown[0]) if rotation % 180 else shown


def frame_size(width: int, height: int, short_side: int) -> tuple[int, int]:
    """Width and height of the frame for a displayed picture.

    The short side becomes ``short_side``; the long side keeps the aspect, rounded up to even
    (16:9 at 300 gives 534 × 300), and is at most ``LONGEST_SIDE``, whatever the short side then is.
    """
    short, long = sorted((width, height))
    wanted = short_side * long / short
    # The small number: 300 * 16 / 9 must not become 536 by a rounding error above 534.
    long_side = 2 * math.ceil(wanted / 2 - 1e-6) if long != short else short_side
    if long_side > LONGEST_SIDE:
        long_side = LONGEST_SIDE
        short_side = max(1, round(LONGEST_SIDE * short / long))
    return (long_side, short_side) if width > height else (short_side, long_side)


def centred_box(width: int, height: int, frame_width: int, frame_height: int) -> Box:
    """Where a picture of width × height lies when it is centred in a frame."""
    return ((frame_width - width) // 2, (frame_height - height) // 2, width, height)
