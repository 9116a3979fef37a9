"""Frames: the one value between the makers of pictures and everything after them."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import FormatError

Pixels: TypeAlias = NDArray[np.uint8]
"""uint8 of shape (n, height, width, 3), RGB."""


@dataclass(frozen=True, eq=False)
class Frames:
    """Downsampled pictures, and where and when each of them comes from.

    Attributes:
        pixels: uint8 of shape (n, height, width, 3), RGB; may be memory-mapped.
        pts: int64 of shape (n,), presentation times in units of ``time_base``. Photos
            count 0, 1, 2, ….
        time_base: Seconds per unit of ``pts``.
        box: int32 of shape (n, 4): x, y, width, height in pixels of the part of each frame that
            is picture; the rest is padding.
        names: For photos, the file name of each, relative to the source's folder; else empty.
    """

    pixels: Pixels
    pts: NDArray[np.int64]
    time_base: Fraction
    box: NDArray[np.int32]
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.pixels)
        if self.pixels.ndim != 4 or self.pixels.shape[3] != 3 or self.pixels.dtype != np.uint8:
            raise FormatError(
                "Expected pixels to be uint8 of shape (n, height, width, 3). "
                f"Received: {self.pixels.dtype} of shape {self.pixels.shape}."
            )
        if self.pts.shape != (n,) or self.box.shape != (n, 4) or len(self.names) not in (0, n):
            raise FormatError(
                f"Expected pts, box and names for {n} frames. "
                f"Received: {self.pts.shape}, {self.box.shape}, {len(self.names)}."
            )

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def seconds(self) -> NDArray[np.float64]:
        """Presentation times in seconds, float64 of shape (n,)."""
        return (self.pts * float(self.time_base)).astype(np.float64)
