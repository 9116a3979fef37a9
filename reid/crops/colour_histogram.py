"""Torso colour: a histogram in CIE Lab of where a shirt is, and how sharp a crop is.

The histogram has 8 × 8 bins of a and b and 8 of L, of the part of a box that is 15 to 55 % down
and 25 to 75 % across.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BINS = 8
COLOURS = BINS * BINS + BINS
"""Numbers of a histogram."""

_TOP, _BOTTOM, _LEFT, _RIGHT = 0.15, 0.55, 0.25, 0.75
_LEVELS = 32
"""Steps of each channel that the table of bins tells apart."""

REACH = 64.0
"""Shirts have a and b within this; what is beyond counts as the outermost."""

LIGHTNESS_SHARE = 0.5
"""Lightness changes with shadow more than hue does, so it counts half."""


LEAST_SEEN = 0.1
"""Share of the torso's part that a mask has to leave; else the whole part is taken."""


def torso_colour(
    pixels: NDArray[np.uint8], person: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """Histogram of a person's torso.

    Args:
        pixels: uint8 of shape (height, width, 3), RGB: the person's box.
        person: bool of shape (height, width): pixels that show the person; None: all.

    Returns:
        float32 of shape (72,), of length 1: square roots of shares, whose products compare
        histograms as Hellinger does.
    """
    height, width = pixels.shape[:2]
    rows = slice(int(_TOP * height), max(int(_TOP * height) + 1, int(_BOTTOM * height)))
    columns = slice(int(_LEFT * width), max(int(_LEFT * width) + 1, int(_RIGHT * width)))
    part = pixels[rows, columns].reshape(-1, 3).astype(np.int64) * _LEVELS // 256
    if person is not None:
        seen_part = person[rows, columns].ravel()
        part = part[seen_part] if seen_part.mean() >= LEAST_SEEN else part
    index = (part[:, 0] * _LEVELS + part[:, 1]) * _LEVELS + part[:, 2]
    counts = np.bincount(index, minlength=_LEVELS**3)
    seen = np.flatnonzero(counts)
    shares = counts[seen] / len(part)
    histogram = np.sqrt(shares @ lab_bins()[seen])
    return np.asarray(histogram / np.linalg.norm(histogram), np.float32)


def sharpness(pixels: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian of a picture's brightness: a blurred picture has little."""
    grey = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    if min(grey.shape) < 3:
        return 0.0
    middle = grey[1:-1, 1:-1]
    laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * middle
    return float(laplacian.var())


_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])


@lru_cache(maxsize=1)
def lab_bins() -> NDArray[np.float32]:
    """Shares that each of 32³ colours gives to the bins, float32 of shape (32768, 72).

    A colour between the middles of bins is shared among them: a little more light must not move
    a shirt into another bin whole.
    """
    steps = (np.arange(_LEVELS) + 0.5) / _LEVELS
    red, green, blue = np.meshgrid(steps, steps, steps, indexing="ij")
    lab = lab_of(np.stack([red.ravel(), green.ravel(), blue.ravel()], axis=1))
    light = _soft_bins(lab[:, 0] / 100)
    a = _soft_bins((lab[:, 1] + REACH) / (2 * REACH))
    b = _soft_bins((lab[:, 2] + REACH) / (2 * REACH))
    hue = (a[:, :, None] * b[:, None, :]).reshape(len(lab), BINS * BINS)
    return np.concatenate([hue, LIGHTNESS_SHARE * light], axis=1).astype(np.float32)


def _soft_bins(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of values in [0, 1] among eight bins, float64 of shape (n, 8)."""
    place = np.clip(value, 0, 1) * BINS - 0.5
    middles = np.arange(BINS)
    return np.asarray(np.maximum(0, 1 - np.abs(np.clip(place, 0, BINS - 1)[:, None] - middles)))


def rgb_of(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours in sRGB under D65, of CIE Lab: float64 of shape (n, 3); clipped to [0, 1]."""
    y = (lab[:, 0] + 16) / 116
    f = np.stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200], axis=1)
    ratio = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
    linear = np.clip((ratio * _WHITE) @ np.linalg.inv(_TO_XYZ).T, 0, 1)
    shown = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(shown, np.float64)


def lab_of(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE Lab of sRGB colours under D65.

    Args:
        rgb: float64 of shape (n, 3) in [0, 1].

    Returns:
        float64 of shape (n, 3): L in 0 to 100, a and b mostly within ±110.
    """
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    ratio = linear @ _TO_XYZ.T / _WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )
