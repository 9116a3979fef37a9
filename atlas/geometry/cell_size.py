"""Cells in pixels: their size, and which part of a picture fills one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError

LARGEST_SIDE = 32_768
"""Pixels of a cell's longer side: wider than any camera's picture."""


@dataclass(frozen=True)
class CellSize:
    """Size of a cell.

    Attributes:
        width: Pixels across.
        height: Pixels down.
    """

    width: int
    height: int

    def __post_init__(self) -> None:
        if not (1 <= self.width <= LARGEST_SIDE and 1 <= self.height <= LARGEST_SIDE):
            raise InputError(
                f"Expected cells of 1 to {LARGEST_SIDE} pixels a side. "
                f"Received: {self.width} × {self.height}; choose another height."
            )

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height

    def of_height(self, height: int) -> "CellSize":
        """The same shape at another height, its width rounded; at its own height, itself."""
        return CellSize(max(1, round(self.width * height / self.height)), height)


def common_size(boxes: NDArray[np.int32]) -> CellSize:
    """Size of most frames among those of the most common aspect: the shape of every cell.

    Args:
        boxes: int32 of shape (n, 4): x, y, width, height of each frame's picture in pixels.

    Returns:
        That size; aspects that agree to a hundredth count as one, the wider of equals wins.
    """
    packed = (boxes[:, 2].astype(np.int64) << 32) | boxes[:, 3]  # one number sorts far quicker
    packed, counts = np.unique(packed, return_counts=True)
    sizes = np.column_stack([packed >> 32, packed & 0xFFFFFFFF])
    aspects = np.round(sizes[:, 0] / sizes[:, 1], 2)
    kinds, kind = np.unique(aspects, return_inverse=True)
    frames = np.bincount(kind, weights=counts, minlength=len(kinds))
    best = len(kinds) - 1 - int(np.argmax(frames[::-1]))
    within = np.flatnonzero(kind == best)
    width, height = sizes[within[np.argmax(counts[within])]]
    return CellSize(int(width), int(height))


def covering_part(width: int, height: int, cell: CellSize) -> tuple[float, float, float, float]:
    """The part about a picture's middle that has a cell's shape.

    Args:
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.
        cell: What it is to fill.

    Returns:
        left, top, right, bottom in pixels of the picture, not rounded.
    """
    part_width = min(width, height * cell.aspect)
    part_height = min(height, width / cell.aspect)
    left, top = (width - part_width) / 2, (height - part_height) / 2
    return left, top, left + part_width, top + part_height


def contained_place(width: int, height: int, cell: CellSize) -> tuple[int, int, int, int]:
    """Where a whole picture lies in a cell when nothing may be cut off.

    Returns:
        x, y, width, height in pixels of the cell.
    """
    scale = min(cell.width / width, cell.height / height)
    w = max(1, min(cell.width, round(width * scale)))
    h = max(1, min(cell.height, round(height * scale)))
    return (cell.width - w) // 2, (cell.height - h) // 2, w, h
