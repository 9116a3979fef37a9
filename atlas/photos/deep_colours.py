"""Colours of 10 to 14 bits in 16: Pillow keeps the upper eight bits, and those are black."""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from frameatlas.photos.levels import visible_levels
from frameatlas.photos.orientation import turned
from frameatlas.photos.reduced import block_means, whole_factor

if TYPE_CHECKING:
    from PIL.Image import Image

DARK = 63
"""Brightest of eight bits that 14 bits in 16 reach."""

_BITS, _SAMPLES = 258, 277  # TIFF's tags
_READERS = {"PNG": "png_pipe", "TIFF": "tiff_pipe"}
_WHITE = 65_535


def has_deep_colours(image: "Image") -> bool:
    """Whether an opened photo stores colours of sixteen bits that Pillow cuts to eight."""
    if image.mode not in ("RGB", "RGBA", "RGBX", "LA"):
        return False
    if image.format == "TIFF":
        bits = getattr(image, "tag_v2", {}).get(_BITS, (8,))
        return bool(max(bits) == 16)
    tiles = getattr(image, "tile", None) or ()
    return image.format == "PNG" and any("16" in str(tile[3]) for tile in tiles)


def is_too_dark(rgb: "Image") -> bool:
    """Whether no pixel is brighter than 14 bits in 16 can be."""
    return max(high for _, high in _extrema(rgb)) <= DARK


def deep_colours(
    file: Path | BinaryIO, kind: str, size: tuple[int, int] | None, orientation: int
) -> "Image | None":
    """Read a PNG or TIFF with all its bits, stretched to be seen.

    Args:
        file: The photo.
        kind: Pillow's name of its format.
        size: Width and height of the result; None keeps its own size.
        orientation: How the stored pixels are turned, 1 to 8.

    Returns:
        RGB; None where FFmpeg's libraries do not read it.
    """
    from PIL import Image

    values = _read(file, _READERS[kind])
    if values is None:
        return None
    factor = (1, 1)
    if size is not None:
        factor = whole_factor((values.shape[1], values.shape[0]), (max(size), max(size)))
    small = block_means(values, factor)
    alpha = small[..., 3:] / _WHITE
    visible = visible_levels(small[..., :3], whole=True)
    rgb = np.asarray(np.rint(visible * alpha + 255 * (1 - alpha)), np.uint8)
    image = turned(Image.fromarray(rgb), orientation)
    return image if size is None else image.resize(size, Image.Resampling.BICUBIC)


def _extrema(rgb: "Image") -> list[tuple[int, int]]:
    found = rgb.getextrema()
    return [pair for pair in found if isinstance(pair, tuple)]


def _read(file: Path | BinaryIO, reader: str) -> NDArray[np.uint16] | None:
    """uint16 of shape (height, width, 4), RGBA."""
    import av

    given: str | BinaryIO = f"file:{file.absolute()}" if isinstance(file, Path) else file
    if not isinstance(given, str):
        given.seek(0)
    try:
        with av.open(given, "r", format=reader) as container:
            frame = next(container.decode(video=0))
            return np.asarray(frame.to_ndarray(format="rgba64le"), np.uint16)
    except (av.error.FFmpegError, StopIteration, ValueError, OSError):
        return None
