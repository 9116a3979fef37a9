"""The light in which a crop was taken, by the ground on both sides of the feet.

A box holds more than its person: its lower corners show what they stand on. Whoever they are, all
stand on the same ground, so its colour tells one camera's light from another's where the people's
own colours, of few of them, tell who they are.
"""

import numpy as np
from numpy.typing import NDArray

LOWEST = 0.25
"""Share of a box's height, from below, that is looked at."""

OUTERMOST = 0.15
"""Share of its width, on both sides."""

_DARKEST = 0.02


def ground_light(pixels: NDArray[np.uint8], box: tuple[int, int, int, int]) -> NDArray[np.float64]:
    """Logarithms of red, green and blue of the ground, float64 of shape (3,).

    Args:
        pixels: uint8 of shape (height, width, 3), RGB: a crop.
        box: Left, top, width and height of the part of it that is picture.
    """
    left, top, width, height = box
    low = max(1, round(LOWEST * height))
    side = max(1, round(OUTERMOST * width))
    part = pixels[top + height - low : top + height, left : left + width]
    both = np.concatenate([part[:, :side].reshape(-1, 3), part[:, -side:].reshape(-1, 3)])
    colour = np.median(both, axis=0) / 255
    return np.asarray(np.log(np.maximum(colour, _DARKEST)), np.float64)
