"""A loaded photo made smaller by whole factors: in strips, without a copy of all of it.

Pillow's own ``reduce`` copies a picture with alpha before it begins, and NumPy's arithmetic on deep
greys would be in float64. A strip at a time, a photo costs what its decoder took and little more.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

STRIP = 4 << 20
"""Pixels of a strip."""

Factor = tuple[int, int]
"""Pixels across and down that become one; what is left over at the edges becomes smaller blocks."""


def whole_factor(size: tuple[int, int], wanted: tuple[int, int]) -> Factor:
    """By which whole numbers a picture may be reduced and still be three times what is wanted.

    Args:
        size: Width and height of the picture.
        wanted: Width and height that it will be scaled to.
    """
    across, down = (max(1, s // (3 * w)) for s, w in zip(size, wanted, strict=True))
    return across, down


def reduced_image(image: "Image", factor: Factor, convert: Callable[["Image"], "Image"]) -> "Image":
    """Average blocks of pixels of eight bits.

    Args:
        image: The photo, loaded.
        factor: By which it is reduced.
        convert: Brings a strip into a mode that can be averaged.
    """
    from PIL import Image

    small: Image.Image | None = None
    size = tuple(-(-side // by) for side, by in zip(image.size, factor, strict=True))
    for top, strip in _strips(image, factor[1]):
        part = convert(strip).reduce(factor)
        if small is None:
            small = Image.new(part.mode, (size[0], size[1]))
        small.paste(part, (0, top // factor[1]))
    assert small is not None
    return small


def reduced_values(
    image: "Image", factor: Factor, *, stored_as: type[np.generic] | None = None
) -> NDArray[np.float32]:
    """Average blocks of deep pixels.

    Args:
        image: The photo, loaded, of one channel.
        factor: By which it is reduced.
        stored_as: What its numbers are, where that is not what Pillow takes them for.

    Returns:
        float32 of shape (height, width), as large as the factor leaves it.
    """
    stored = (np.asarray(strip) for _, strip in _strips(image, factor[1]))
    parts = [_block_means(s.view(stored_as) if stored_as else s, *factor) for s in stored]
    return np.concatenate(parts)


def block_means(values: NDArray[np.generic], factor: Factor) -> NDArray[np.float32]:
    """Average blocks of an array of shape (height, width, …); float32 of the reduced shape."""
    return _block_means(values, *factor)


def _strips(image: "Image", down: int) -> "Iterator[tuple[int, Image]]":
    """The photo from the top, each strip as high as a multiple of ``down``."""
    width, height = image.size
    rows = max(1, STRIP // (width * down)) * down
    for top in range(0, height, rows):
        yield top, image.crop((0, top, width, min(top + rows, height)))


def _block_means(values: NDArray[np.generic], across: int, down: int) -> NDArray[np.float32]:
    return _means(_means(values, 0, down), 1, across)


def _means(values: NDArray[np.generic], axis: int, size: int) -> NDArray[np.float32]:
    if size == 1:
        return values.astype(np.float32, copy=False)
    starts = np.arange(0, values.shape[axis], size)
    with np.errstate(over="ignore", invalid="ignore"):  # floating-point pictures hold anything
        sums = np.add.reduceat(values, starts, axis=axis, dtype=np.float32)
    counts = np.diff(np.append(starts, values.shape[axis])).astype(np.float32)
    shape = [1] * values.ndim
    shape[axis] = len(counts)
    return np.asarray(sums / counts.reshape(shape), np.float32)
