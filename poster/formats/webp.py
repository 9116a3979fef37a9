"""WebP. Its encoder wants the whole picture, which its limit of 16,383 pixels a side bounds."""

from collections.abc import Iterable
from typing import BinaryIO

import numpy as np
from PIL import Image

from frameatlas.drawing.compose import Picture
from frameatlas.errors import InputError
from frameatlas.poster.formats.image_info import PictureShape
from frameatlas.poster.formats.srgb_profile import srgb_profile

_X_RESOLUTION, _Y_RESOLUTION, _UNIT, _INCH = 0x011A, 0x011B, 0x0128, 2


def write_webp(file: BinaryIO, shape: PictureShape, bands: Iterable[Picture]) -> None:
    """Write a lossy WebP file; its resolution is in EXIF, the only place there is.

    Args:
        file: Where to.
        shape: Size, resolution and quality; no side above 16,383 pixels.
        bands: All rows in order, each uint8 of shape (rows, width, 3), RGB.

    Raises:
        InputError: The format has no room for so much detail: it bounds one of its parts to 512 KB.
    """
    pixels = np.empty((shape.height, shape.width, 3), np.uint8)
    row = 0
    for band in bands:
        pixels[row : row + len(band)] = band
        row += len(band)
    exif = Image.Exif()
    exif[_X_RESOLUTION] = exif[_Y_RESOLUTION] = shape.dpi
    exif[_UNIT] = _INCH
    try:
        Image.fromarray(pixels).save(
            file, "WEBP", quality=shape.quality, method=4, icc_profile=srgb_profile(), exif=exif
        )
    except ValueError as error:  # of Pillow, with a number of libwebp's
        raise InputError(
            f"Expected a picture that WebP has room for. Received: {shape.width} × {shape.height} "
            f"pixels ({error}); choose fewer cells, a smaller --tile-height, or .jpg."
        ) from error
