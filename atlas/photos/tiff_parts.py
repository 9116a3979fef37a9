"""TIFFs whose strips or tiles Pillow does not decode: WebP, and YCbCr without compression."""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from frameatlas.errors import SourceError
from frameatlas.photos import tiff_directories as tiff
from frameatlas.photos.memory import BUDGET

if TYPE_CHECKING:
    from PIL.Image import Image

WEBP = 50001
"""GDAL's and libtiff's number of the compression."""

_UNCOMPRESSED, _YCBCR, _CHUNKY = 1, 6, 1
_STRIPS, _ROWS, _STRIP_BYTES = 273, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILES, _TILE_BYTES = 322, 323, 324, 325
_SUBSAMPLING, _BLACK_AND_WHITE = 530, 532

_LARGEST = 64_000_000
"""Pixels: these kinds cannot be reduced while they are decoded."""

_PIXEL_BYTES = 24
"""Of memory that a pixel takes, at its worst."""

_BT601 = (0.299, 0.587, 0.114)
_FULL_RANGE = (0, 255, 128, 255, 128, 255)
"""Where a file says nothing: what JPEG means, and libtiff."""

Part = tuple[int, int, int, int, bytes]
"""Left, top, width and height in pixels, and what is stored."""


def is_in_parts(tags: tiff.Directory) -> bool:
    """Whether a page is of a kind that ``joined_parts`` reads."""
    compression = tags.get(tiff.COMPRESSION, (1,))[0]
    if max(tags.get(tiff.BITS, (1,))) != 8 or tags.get(tiff.PLANAR, (1,))[0] != _CHUNKY:
        return False
    plain = compression == _UNCOMPRESSED and tags.get(tiff.SAMPLES) == (3,)
    return compression == WEBP or (plain and tags.get(tiff.PHOTOMETRIC) == (_YCBCR,))


def joined_parts(file: Path | BinaryIO, page: int) -> "Image":
    """Read such a page: RGB or RGBA, stored as it is.

    Args:
        file: The photo.
        page: The number of the directory.

    Raises:
        SourceError: It is too large, or cut off.
    """
    from PIL import Image, TiffImagePlugin

    if not isinstance(file, Path):
        file.seek(0)
    with Image.open(file, formats=["TIFF"]) as opened:
        image = cast(TiffImagePlugin.TiffImageFile, opened)
        image.seek(page)
        tags = image.tag_v2
        width, height = int(tags[tiff.WIDTH]), int(tags[tiff.HEIGHT])
        if width * height > _LARGEST:
            raise SourceError(
                f"{width} × {height} pixels of a kind that is read up to {_LARGEST // 1_000_000} "
                "megapixels: save it with LZW"
            )
        assert image.fp is not None
        with BUDGET.taken(_PIXEL_BYTES * width * height):
            return _joined(_parts(image.fp, tags, width, height), tags, (width, height))


def _joined(parts: Iterator[Part], tags: Mapping[int, Any], size: tuple[int, int]) -> "Image":
    from PIL import Image

    packed = tags[tiff.COMPRESSION] == WEBP
    whole: Image.Image | None = None
    for left, top, wide, high, data in parts:
        part = _from_webp(data, wide, high) if packed else _from_ycbcr(data, wide, high, tags)
        if whole is None:
            whole = Image.new(part.mode, size)
        whole.paste(part, (left, top))
    if whole is None:
        raise SourceError("the photo is cut off")
    return whole


def _parts(file: IO[bytes], tags: Mapping[int, Any], width: int, height: int) -> Iterator[Part]:
    """The strips or tiles of a page, from the top, as they are stored."""
    tiled = _TILES in tags
    wide = int(tags[_TILE_WIDTH]) if tiled else width
    high = int(tags[_TILE_HEIGHT]) if tiled else min(int(tags.get(_ROWS, height)), height)
    if wide < 1 or high < 1:
        raise SourceError("the photo is damaged")
    places = ((left, top) for top in range(0, height, high) for left in range(0, width, wide))
    offsets = tags[_TILES] if tiled else tags[_STRIPS]
    sizes = tags[_TILE_BYTES] if tiled else tags[_STRIP_BYTES]
    for (left, top), offset, size in zip(places, offsets, sizes, strict=False):
        file.seek(offset)
        yield left, top, wide, high if tiled else min(high, height - top), file.read(size)


def _from_webp(data: bytes, width: int, height: int) -> "Image":
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=["WEBP"]) as part:
        if part.width > width or part.height > height:
            raise SourceError("the photo is damaged")
        part.load()
        return part.copy()


def _from_ycbcr(data: bytes, width: int, height: int, tags: Mapping[int, Any]) -> "Image":
    """RGB of one part: blocks of brightness, each followed by its two colours (TIFF 6.0, 21)."""
    from PIL import Image

    across, down = (int(side) for side in tags.get(_SUBSAMPLING, (2, 2)))
    if across not in (1, 2, 4) or down not in (1, 2, 4):
        raise SourceError("the photo is damaged")
    columns, rows = -(-width // across), -(-height // down)
    size = across * down + 2
    if len(data) < columns * rows * size:
        raise SourceError("the photo is cut off")
    blocks = np.frombuffer(data, np.uint8, columns * rows * size).reshape(rows, columns, size)
    black_y, white_y, black_b, white_b, black_r, white_r = _range_of(tags)
    luma = blocks[..., :-2].reshape(rows, columns, down, across).transpose(0, 2, 1, 3)
    light = (luma.reshape(rows * down, -1)[:height, :width] - black_y) * (255 / (white_y - black_y))
    chroma = (blocks[..., -2:] - (black_b, black_r)) * (
        127 / (white_b - black_b),
        127 / (white_r - black_r),
    )
    wide = chroma.repeat(down, axis=0).repeat(across, axis=1)[:height, :width]
    to_red, to_green, to_blue = _BT601
    red = light + wide[..., 1] * (2 - 2 * to_red)
    blue = light + wide[..., 0] * (2 - 2 * to_blue)
    green = (light - to_red * red - to_blue * blue) / to_green
    rgb = np.stack([red, green, blue], axis=-1)
    return Image.fromarray(np.asarray(np.clip(np.rint(rgb), 0, 255), np.uint8))


def _range_of(tags: Mapping[int, Any]) -> tuple[float, ...]:
    """Black and white of brightness, grey and the end of both colours."""
    found = tuple(float(value) for value in tags.get(_BLACK_AND_WHITE, _FULL_RANGE))
    whole = len(found) == 6 and np.isfinite(found).all()
    if not whole or any(found[n] >= found[n + 1] for n in (0, 2, 4)):
        return _FULL_RANGE
    return found
