"""A crop: one person's box, as a frame of an atlas."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 128, 256
"""Pixels of a frame: the usual proportions of people in identification."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Crop:
    """One crop.

    Attributes:
        row: Its row in the plan.
        pts: Presentation time of its picture.
        name: File name of its picture, where that is an image.
        pixels: uint8 of shape (256, 128, 3), RGB.
        box: The part of ``pixels`` that is picture.
        sharpness: As ``colour.sharpness`` measures it.
        colour: float32 of shape (72,).
        kept: The frame of an earlier atlas that it was taken from; -1 where it was cut now.
    """

    row: int
    pts: int
    name: str
    pixels: NDArray[np.uint8]
    box: Box
    sharpness: float
    colour: NDArray[np.float32]
    kept: int = -1
