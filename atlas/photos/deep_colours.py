"""Colours of more than eight bits: Pillow keeps the upper eight, black where 10 lie in 16."""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from frameatlas.photos.levels import visible_levels
from frameatlas.photos.orientation import turned
from frameatlas.photos.reduced import block_means, whole_factor
from frameatlas.photos.samples import DEEP, both_bytes, decoded_samples
from frameatlas.photos.tiff_directories import BITS, EXTRA, page_directory

if TYPE_CHECKING:
    from PIL.Image import Image

DARK = 127
"""Brightest of the upper eight bits that 15 bits in 16 reach."""

ASSOCIATED = 1
"""TIFF's ExtraSamples where colours are stored multiplied with alpha."""

_WHITE = 65_535
_ROWS = 256
"""Rows that are multiplied with alpha at a time."""


def has_deep_colours(image: "Image") -> bool:
    """Whether an opened photo stores colours of sixteen bits that Pillow cuts to eight."""
    if image.mode not in ("RGB", "RGBA", "RGBX", "LA"):
        return False
    if image.format == "TIFF":
        bits = getattr(image, "tag_v2", {}).get(BITS, (8,))
        return bool(max(bits) == 16)
    tiles = getattr(image, "tile", None) or ()
    return image.format == "PNG" and any("16" in str(tile[3]) for tile in tiles)


def needs_all_bits(image: "Image") -> bool:
    """Whether the upper eight bits of a loaded photo of deep colours do not show it.

    They are black where none is brighter than 15 bits in 16 can be, transparent parts left out; and
    a colour that stands for transparency has sixteen bits.
    """
    return "transparency" in image.info or _brightest(image) <= DARK


def deep_colours(
    file: Path | BinaryIO,
    kind: str,
    size: tuple[int, int] | None,
    orientation: int,
    page: int = 0,
) -> "Image | None":
    """Read a PNG or TIFF with all its bits, stretched to be seen.

    Args:
        file: The photo.
        kind: Pillow's name of its format.
        size: Width and height of the result; None keeps its own size.
        orientation: How a PNG's pixels are turned, 1 to 8. A TIFF is turned as it says itself.
        page: Of a TIFF, the number of the directory.

    Returns:
        RGB; None where it cannot be read so.
    """
    if kind == "TIFF":
        values, orientation = both_bytes(file, page), 1
        associated = page_directory(file, page).get(EXTRA, (0,))[0] == ASSOCIATED
        return shown_colours(values, size, orientation, associated=associated)
    found = decoded_samples(file, "png_pipe", DEEP)
    if found is None:
        return None
    return shown_colours(np.asarray(found, np.uint16), size, orientation, associated=False)


def shown_colours(
    values: NDArray[np.uint16],
    size: tuple[int, int] | None,
    orientation: int,
    *,
    associated: bool,
) -> "Image":
    """Colours of ten to sixteen bits as eight, on white.

    Args:
        values: uint16 of shape (height, width, 4), red, green, blue and alpha; changed.
        size: Width and height of the result; None keeps its own size.
        orientation: How the stored pixels are turned, 1 to 8.
        associated: Whether the colours are multiplied with alpha.
    """
    from PIL import Image

    if not associated and values[..., 3].min() < _WHITE:
        _multiply(values)
    factor = (1, 1)
    if size is not None:
        factor = whole_factor((values.shape[1], values.shape[0]), (max(size), max(size)))
    small = block_means(values, factor)
    alpha = small[..., 3:] / np.float32(_WHITE)
    # What is transparent has no colour: it counts as the colour of some other pixel.
    divided = small[..., :3] / np.where(alpha > 0, alpha, 1)
    colours = np.asarray(np.where(alpha > 0, divided, _any_visible(divided, alpha)), np.float32)
    rgb = visible_levels(colours, whole=True) * alpha + 255 * (1 - alpha)
    image = turned(Image.fromarray(np.asarray(np.rint(rgb), np.uint8)), orientation)
    return image if size is None else image.resize(size, Image.Resampling.BICUBIC)


def _brightest(image: "Image") -> int:
    """Of all pixels that are not transparent, the largest of eight bits."""
    mask = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    counts = np.reshape(image.histogram(mask), (-1, 256))
    counts = counts[: 1 if image.mode == "LA" else 3]
    return int(np.flatnonzero(counts.any(axis=0)).max(initial=0))


def _multiply(values: NDArray[np.uint16]) -> None:
    for top in range(0, len(values), _ROWS):
        rows = values[top : top + _ROWS]
        rows[..., :3] = rows[..., :3].astype(np.uint32) * rows[..., 3:] // _WHITE


def _any_visible(
    colours: NDArray[np.floating], alpha: NDArray[np.floating]
) -> NDArray[np.floating]:
    visible = colours[alpha[..., 0] > 0]
    return visible[0] if len(visible) else np.zeros(3, np.float32)
