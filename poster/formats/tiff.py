"""TIFF, and BigTIFF where 4 GB are not enough, written as the rows arrive.

By hand, since Pillow wants the whole picture in memory.
"""

import struct
import zlib
from collections.abc import Iterable
from fractions import Fraction
from typing import BinaryIO

import numpy as np

from frameatlas.drawing.compose import Picture
from frameatlas.poster.formats.image_info import PictureShape
from frameatlas.poster.formats.jpeg import regroup
from frameatlas.poster.formats.ordered_threads import OrderedWork
from frameatlas.poster.formats.srgb_profile import srgb_profile

LEVEL = 5
"""Of zlib, as in PNG."""

STRIP = 2 << 20
"""Bytes of pixels in a strip, at least one row."""

LARGEST_CLASSIC = 4_000_000_000
"""Bytes of pixels above which BigTIFF is written: what deflating saves is not known before."""

_ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED, _LONG8 = 2, 3, 4, 5, 7, 16
_LETTERS = {_SHORT: "H", _LONG: "I", _LONG8: "Q"}
_DEFLATE, _DIFFERENCES, _RGB, _INCH = 8, 2, 2, 2


def write_tiff(
    file: BinaryIO, shape: PictureShape, bands: Iterable[Picture], jobs: int, *, big: bool
) -> None:
    """Write a TIFF file of deflated strips.

    Args:
        file: Where to; it can seek.
        shape: Size and resolution.
        bands: All rows in order, each uint8 of shape (rows, width, 3), RGB.
        jobs: Threads.
        big: BigTIFF, whatever the size.
    """
    big = big or shape.width * shape.height * 3 > LARGEST_CLASSIC
    file.write(struct.pack("<2sHHHQ", b"II", 43, 8, 0, 0) if big else b"II*\0\0\0\0\0")
    rows = max(1, STRIP // (shape.width * 3))
    offsets, lengths = [], []
    work = OrderedWork(jobs)
    try:
        for packed in work.map(_pack, regroup(bands, rows)):
            offsets.append(file.tell())
            lengths.append(len(packed))
            file.write(packed)
    finally:
        work.close()
    directory = _directory(file, _tags(shape, rows, offsets, lengths, big), big)
    file.seek(8 if big else 4)
    file.write(struct.pack("<Q" if big else "<I", directory))


def _pack(pixels: Picture) -> bytes:
    """A strip: each pixel's difference to its left neighbour (predictor 2), deflated."""
    differences = pixels.copy()
    differences[:, 1:] -= pixels[:, :-1]
    return zlib.compress(differences.tobytes(), LEVEL)


def _tags(
    shape: PictureShape, rows: int, offsets: list[int], lengths: list[int], big: bool
) -> list[tuple[int, int, int, bytes]]:
    """Number, type, count and content of every tag, ascending."""
    place = _LONG8 if big else _LONG
    density = Fraction(shape.dpi).limit_denominator(10_000)
    resolution = struct.pack("<II", density.numerator, density.denominator)
    profile, software = srgb_profile(), b"frameatlas\0"
    return [
        _numbers(256, _LONG, [shape.width]),
        _numbers(257, _LONG, [shape.height]),
        _numbers(258, _SHORT, [8, 8, 8]),
        _numbers(259, _SHORT, [_DEFLATE]),
        _numbers(262, _SHORT, [_RGB]),
        _numbers(273, place, offsets),
        _numbers(277, _SHORT, [3]),
        _numbers(278, _LONG, [rows]),
        _numbers(279, place, lengths),
        (282, _RATIONAL, 1, resolution),
        (283, _RATIONAL, 1, resolution),
        _numbers(284, _SHORT, [1]),
        _numbers(296, _SHORT, [_INCH]),
        (305, _ASCII, len(software), software),
        _numbers(317, _SHORT, [_DIFFERENCES]),
        (34675, _UNDEFINED, len(profile), profile),
    ]


def _numbers(tag: int, kind: int, values: list[int]) -> tuple[int, int, int, bytes]:
    little = np.dtype(f"<{ {'H': 'u2', 'I': 'u4', 'Q': 'u8'}[_LETTERS[kind]] }")
    return tag, kind, len(values), np.array(values, little).tobytes()


def _directory(file: BinaryIO, tags: list[tuple[int, int, int, bytes]], big: bool) -> int:
    """Write contents that don't fit into the table, then the table; its place is returned."""
    room, pointer, count = (8, "<Q", "<HHQ") if big else (4, "<I", "<HHI")
    entries = []
    for tag, kind, number, content in tags:
        value = content.ljust(room, b"\0")
        if len(content) > room:
            _align(file)
            value = struct.pack(pointer, file.tell())
            file.write(content)
        entries.append(struct.pack(count, tag, kind, number) + value)
    _align(file)
    place = file.tell()
    file.write(struct.pack("<Q" if big else "<H", len(entries)))
    file.write(b"".join(entries) + bytes(room))
    return place


def _align(file: BinaryIO) -> None:
    file.write(bytes(-file.tell() % 8))
