"""Deep pixels (10 to 32 bits, floating point) as eight bits that can be seen."""

import numpy as np
from numpy.typing import NDArray

NARROW = 1 / 8
"""A range of less than this share of the full one is stretched: it would be one grey."""

_DEPTHS = (*range(7, 17), 24, 31, 32)
"""Bits of a sample that cameras, satellites, scanners and programs write."""

_FULL = 0.9
"""Share of 15 bits that a picture of so many reaches; a dark one of 16 seldom ends just there."""

_WIDENED = 257
"""Eight bits made sixteen are multiples of it: their white is that of sixteen."""

_ROUNDED = 1 + 1e-6
"""What float32 may have made of the largest value."""


def visible_levels(
    values: NDArray[np.float32], *, whole: bool, fewest: int = 8
) -> NDArray[np.uint8]:
    """Scale deep pixels to 0 … 255.

    Cameras and scanners put 10 to 15 bits into 16 without saying so: the full range is that of
    the fewest bits that hold the largest value, of 15 only where it is near their white, and 16
    where every value is one of eight bits made sixteen. What fills only a narrow part of it, as
    thermal cameras' pictures do, is stretched to be seen.

    Args:
        values: float32 of any shape; what is no number counts as the smallest.
        whole: Whether the file stores whole numbers; else 1.0 is white, or, where there are larger
            or negative ones, the range is stretched.
        fewest: Bits of a sample, at least.

    Returns:
        uint8 of the same shape.
    """
    finite = values[np.isfinite(values)]
    if not finite.size:
        return np.zeros(values.shape, np.uint8)
    low, high = float(finite.min()), float(finite.max())
    if whole and fewest <= 16 and 0 < high < 2**15 and not np.any(finite % _WIDENED):
        fewest = 16
    bottom, top = _full_range(low, high, whole=whole, fewest=fewest)
    if 0 < high - low < NARROW * (top - bottom):
        bottom, top = low, high
    clean = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
    # Halved first: a range of floating-point numbers may be wider than the largest of them.
    span = top / 2 - bottom / 2
    scaled = (clean / 2 - np.float32(bottom / 2)) / np.float32(span) if span > 0 else clean * 0
    return np.asarray(np.clip(np.rint(scaled * 255), 0, 255), np.uint8)


def _full_range(low: float, high: float, *, whole: bool, fewest: int) -> tuple[float, float]:
    """Black and white of pictures whose values lie between ``low`` and ``high``."""
    if whole and low >= 0:
        depths = [bits for bits in _DEPTHS if bits >= fewest and high < 2**bits * _ROUNDED]
        if depths[:1] == [15] and high < _FULL * 2**15:
            depths = depths[1:]
        bits = depths[0] if depths else _DEPTHS[-1]
        return 0.0, float(2**bits - 1)
    if not whole and low >= 0 and high <= 1:
        return 0.0, 1.0
    return min(low, 0.0), high
