"""JPEG of any height within bounded memory, from pieces that Pillow encodes on several threads.

With a restart marker after every row of blocks no row depends on the one before. So pieces of the
picture, encoded apart with the same tables, can be joined: the first piece's head with the full
height, and all pieces' data with their restart markers counted through, modulo 8.
Joined by hand, since Pillow encodes whole pictures only, from memory and on one thread.
"""

import io
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import numpy as np
from PIL import Image

from frameatlas.drawing.compose import Picture
from frameatlas.poster.formats.image_info import PictureShape
from frameatlas.poster.formats.ordered_threads import OrderedWork
from frameatlas.poster.formats.srgb_profile import srgb_profile

BLOCK = 16
"""Rows of pixels in a row of blocks, the colours stored at half the size both ways."""

PIECE = 8 << 20
"""Bytes of pixels that one thread encodes at a time, at least one row of blocks."""

_SIZE_MARKERS = (0xC0, 0xC1, 0xC2)
_END = b"\xff\xd9"


def write_jpeg(file: BinaryIO, shape: PictureShape, bands: Iterable[Picture], jobs: int) -> None:
    """Write a baseline JPEG file.

    Args:
        file: Where to.
        shape: Size, resolution and quality; no side above 65,535 pixels.
        bands: All rows in order, each uint8 of shape (rows, width, 3), RGB.
        jobs: Threads.
    """
    rows = max(1, PIECE // (shape.width * 3 * BLOCK)) * BLOCK
    work = OrderedWork(jobs)
    restarts = 0
    try:
        for pixels, encoded in work.map(lambda p: (p, _encode(p, shape)), regroup(bands, rows)):
            head, data = _split(encoded)
            if restarts == 0:
                file.write(_with_height(head, shape.height))
            else:
                file.write(bytes([0xFF, 0xD0 + (restarts - 1) % 8]))
            file.write(_renumber(data, restarts))
            restarts += -(-len(pixels) // BLOCK)
    finally:
        work.close()
    file.write(_END)


def regroup(bands: Iterable[Picture], rows: int) -> Iterator[Picture]:
    """The same rows in pieces of ``rows``, the last one shorter."""
    kept: list[Picture] = []
    held = 0
    for band in bands:
        rest = band
        while held + len(rest) >= rows:
            yield np.concatenate([*kept, rest[: rows - held]])
            rest = rest[rows - held :]
            kept, held = [], 0
        if len(rest):
            kept.append(rest)
            held += len(rest)
    if held:
        yield np.concatenate(kept)


def _encode(pixels: Picture, shape: PictureShape) -> bytes:
    file = io.BytesIO()
    density = min(65_535, max(1, round(shape.dpi)))
    Image.fromarray(pixels).save(
        file,
        "JPEG",
        quality=shape.quality,
        subsampling="4:2:0",
        dpi=(density, density),
        icc_profile=srgb_profile(),
        restart_marker_rows=1,
    )
    return file.getvalue()


def _split(encoded: bytes) -> tuple[bytes, bytes]:
    """Everything up to the first byte of pixels, and the pixels' data without the end marker."""
    place = 2
    while encoded[place + 1] != 0xDA:
        place += 2 + struct.unpack(">H", encoded[place + 2 : place + 4])[0]
    place += 2 + struct.unpack(">H", encoded[place + 2 : place + 4])[0]
    return encoded[:place], encoded[place:-2]


def _with_height(head: bytes, height: int) -> bytes:
    """The head with the whole picture's height in place of the first piece's."""
    patched = bytearray(head)
    place = 2
    while patched[place + 1] not in _SIZE_MARKERS:
        place += 2 + struct.unpack(">H", patched[place + 2 : place + 4])[0]
    patched[place + 5 : place + 7] = struct.pack(">H", height)
    return bytes(patched)


def _renumber(data: bytes, restarts: int) -> bytes:
    """Restart markers numbered as if so many had come before.

    In the data a byte 255 of pixels is always followed by 0, so that a marker is unmistakable.
    """
    values = np.frombuffer(data, np.uint8).copy()
    second = np.flatnonzero((values[:-1] == 0xFF) & (values[1:] & 0xF8 == 0xD0)) + 1
    values[second] = 0xD0 + (restarts + np.arange(len(second))) % 8
    return values.tobytes()
