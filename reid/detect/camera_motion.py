"""How far the picture moves between two frames where the camera pans: by phase correlation."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 128
"""Width and height in pixels of what is compared: some eight pixels of a large picture are one."""

SURE = 8.0
"""Deviations by which the best shift stands out; else the picture is taken to stand still."""


def small_grey(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A picture as it is compared: float32 of shape (128, 128), fading to its edges."""
    grey = Image.fromarray(picture).convert("L")
    small = grey.resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    values = np.asarray(small, np.float32)
    fade = np.hanning(SIDE).astype(np.float32)
    return np.asarray((values - values.mean()) * fade[:, None] * fade, np.float32)


def shift_between(
    before: NDArray[np.float32], now: NDArray[np.float32], size: tuple[int, int]
) -> tuple[float, float]:
    """How far what was there has moved, to the right and down, in pixels of the picture.

    Args:
        before: As ``small_grey`` gives it.
        now: Of a later frame.
        size: Width and height of the picture.
    """
    spectrum = np.fft.rfft2(now) * np.conj(np.fft.rfft2(before))
    surface = np.fft.irfft2(spectrum / np.maximum(np.abs(spectrum), 1e-9), s=before.shape)
    down, across = np.unravel_index(int(surface.argmax()), surface.shape)
    if surface.max() < surface.mean() + SURE * surface.std():
        return 0.0, 0.0
    shift = [_signed(float(place)) for place in (across, down)]
    if max(map(abs, shift)) > SIDE / 3:
        return 0.0, 0.0
    return shift[0] * size[0] / SIDE, shift[1] * size[1] / SIDE


def _signed(place: float) -> float:
    return place - SIDE if place > SIDE / 2 else place
