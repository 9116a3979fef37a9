"""PNG, written as its rows arrive.

By hand, since Pillow wants the whole picture in memory, which a poster of 100,000 rows exceeds.
"""

import struct
import zlib
from collections.abc import Iterable
from typing import BinaryIO

from frameatlas.drawing.compose import Picture
from frameatlas.poster.formats.image_info import PictureShape
from frameatlas.poster.formats.parallel_zlib import deflate
from frameatlas.poster.formats.srgb_profile import srgb_profile

_PER_METRE = 1 / 0.0254


def write_png(file: BinaryIO, shape: PictureShape, bands: Iterable[Picture], jobs: int) -> None:
    """Write a PNG file of 8 bits a channel.

    Args:
        file: Where to, at its beginning.
        shape: Size and resolution.
        bands: All rows in order, each uint8 of shape (rows, width, 3), RGB.
        jobs: Threads.
    """
    density = round(shape.dpi * _PER_METRE)
    file.write(b"\x89PNG\r\n\x1a\n")
    _chunk(file, b"IHDR", struct.pack(">IIBBBBB", shape.width, shape.height, 8, 2, 0, 0, 0))
    _chunk(file, b"iCCP", b"sRGB\0\0" + zlib.compress(srgb_profile(), 9))
    _chunk(file, b"pHYs", struct.pack(">IIB", density, density, 1))
    for piece in deflate(bands, jobs):
        _chunk(file, b"IDAT", piece)
    _chunk(file, b"IEND", b"")


def _chunk(file: BinaryIO, kind: bytes, content: bytes) -> None:
    file.write(struct.pack(">I", len(content)) + kind)
    file.write(content)
    file.write(struct.pack(">I", zlib.crc32(content, zlib.crc32(kind))))
