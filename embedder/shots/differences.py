"""How unlike two small pictures are, whatever moved a little and however bright they are.

A place differs by as much as it lies outside the range of its neighbourhood in the other picture:
what moves by less than the neighbourhood is as good as still. Grey-scale erosion and dilation give
the range (Serra, Image Analysis and Mathematical Morphology, 1982). So a walk through the picture,
a wave or a shaking hand counts next to nothing, and a cut a few dozen levels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Index = slice | NDArray[np.intp]

REACH = 2
"""Places of 32 across by which something may move between two pictures without counting."""

_NOISE = 4.0
"""Levels of brightness: contrast below that is a sensor's noise and not stretched."""

_MOST_GAIN = 2.0
"""Change of contrast that a lamp or an old film can make."""


@dataclass(frozen=True, eq=False)
class Plane:
    """Brightness, or a difference of colour, of small pictures; 0 to 255.

    Attributes:
        values: float32 of shape (n, h, w).
        low: The same shape: the least value around each place.
        high: The same shape: the greatest.
    """

    values: NDArray[np.float32]
    low: NDArray[np.float32]
    high: NDArray[np.float32]

    @classmethod
    def of(cls, values: NDArray[np.float32], reach: int) -> "Plane":
        """A plane whose contents may move by ``reach`` places."""
        return cls(values, _around(values, reach, np.minimum), _around(values, reach, np.maximum))


@dataclass(frozen=True, eq=False)
class Planes:
    """Small pictures, ready for comparing.

    Attributes:
        luma: Brightness, 18 × 32.
        chroma: Both differences of colour, 9 × 16 each; 128 where grey.
        mean: float32 of shape (n,): mean brightness.
        contrast: float32 of shape (n,): standard deviation of brightness within each picture.
    """

    luma: Plane
    chroma: tuple[Plane, Plane]
    mean: NDArray[np.float32]
    contrast: NDArray[np.float32]

    @classmethod
    def of(cls, luma: NDArray[np.uint8], chroma: NDArray[np.uint8]) -> "Planes":
        """Planes of sketches.

        Args:
            luma: uint8 of shape (n, 36, 64).
            chroma: uint8 of shape (n, 2, 18, 32).
        """
        bright = _halved(luma)
        colours = (_halved(chroma[:, 0]), _halved(chroma[:, 1]))
        return cls(
            Plane.of(bright, REACH),
            (Plane.of(colours[0], REACH // 2), Plane.of(colours[1], REACH // 2)),
            bright.mean((1, 2)),
            bright.std((1, 2)),
        )

    def __len__(self) -> int:
        return len(self.mean)


def differences(planes: Planes, first: Index, second: Index) -> NDArray[np.float32]:
    """How unlike pairs of pictures are.

    Args:
        planes: The pictures.
        first: Which pictures to compare.
        second: With which; as many.

    Returns:
        float32 of shape (pairs,): mean levels by which places lie outside the other picture's
        range, brightness and both differences of colour added up. 0 is alike; unrelated pictures
        have 15 to 60.
    """
    luma = planes.luma
    gain = _gain(planes.contrast[first], planes.contrast[second])
    shift = planes.mean[second] - planes.mean[first] * gain
    same, none = np.ones_like(gain), np.zeros_like(gain)
    least = np.minimum(
        _outside(luma, first, second, same, none), _outside(luma, first, second, gain, shift)
    )
    colour = sum(_outside(plane, first, second, same, none) for plane in planes.chroma)
    return np.asarray(least + colour, np.float32)


def _gain(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """What stretches one picture's contrast to another's: a lamp changes no more than that."""
    gain = (other + _NOISE) / (one + _NOISE)
    return np.asarray(np.clip(gain, 1 / _MOST_GAIN, _MOST_GAIN), np.float32)


def _outside(
    plane: Plane,
    first: Index,
    second: Index,
    gain: NDArray[np.float32],
    shift: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Mean distance, of both to both, from the range around each place.

    Stretching by a positive gain and taking a range may change places: the ranges are known.
    """
    gain, shift = gain[:, None, None], shift[:, None, None]
    one, low, high = (x[first] * gain + shift for x in (plane.values, plane.low, plane.high))
    beyond = _beyond(one, plane.low[second], plane.high[second])
    beyond += _beyond(plane.values[second], low, high)
    return np.asarray(beyond.mean((1, 2)) / 2, np.float32)


def _beyond(
    values: NDArray[np.float32], low: NDArray[np.float32], high: NDArray[np.float32]
) -> NDArray[np.float32]:
    return np.asarray(np.maximum(np.maximum(values - high, low - values), 0), np.float32)


def _halved(values: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Means of two by two places."""
    n, height, width = values.shape
    parts = values.reshape(n, height // 2, 2, width // 2, 2)
    return np.asarray(parts.mean((2, 4), dtype=np.float32), np.float32)


def _around(values: NDArray[np.float32], reach: int, choose: np.ufunc) -> NDArray[np.float32]:
    """The least or greatest value within ``reach`` places, across and down."""
    for axis in (1, 2):
        wide = np.moveaxis(values, axis, -1)
        found = wide.copy()
        for step in range(1, reach + 1):
            choose(found[..., step:], wide[..., :-step], out=found[..., step:])
            choose(found[..., :-step], wide[..., step:], out=found[..., :-step])
        values = np.moveaxis(found, -1, axis)
    return np.ascontiguousarray(values)
