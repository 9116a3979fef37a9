"""Photos that Pillow reads not at all, or wrongly, and FFmpeg's libraries read well."""

import struct
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from frameatlas.errors import SourceError
from frameatlas.photos import tiff_directories as tiff
from frameatlas.photos.deep_colours import ASSOCIATED, shown_colours
from frameatlas.photos.levels import visible_levels
from frameatlas.photos.memory import BUDGET
from frameatlas.photos.refusals import tiff_reason
from frameatlas.photos.samples import DEEP, FLOATING, decoded_samples
from frameatlas.photos.tiff_parts import is_in_parts, joined_parts

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 64_000_000
"""Pixels: these kinds cannot be reduced while they are decoded."""

_BYTES = 32
"""Of memory that a pixel takes, at its worst."""

_SEPARATED, _PLANES, _UNCOMPRESSED, _FLOAT = 5, 2, 1, 3
"""TIFF's words for printers' colours, a plane for each colour, no compression, floating point."""

_LARGEST_HEAD = 1 << 20
_JPEG_2000 = (b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n")
_SIZES = b"\xff\x4f\xff\x51"
"""Start of a JPEG 2000's codestream, and the marker of its sizes (ISO/IEC 15444-1, A.5.1)."""


def unusual_photo(file: Path | BinaryIO, page: int) -> "tuple[Image, int] | None":
    """Read a photo of a kind that Pillow gets wrong.

    Pillow takes planes of sixteen bits for planes of eight, and knows no planes that are multiplied
    with alpha, no colours of floating point and no alpha of printers' colours. White in JPEG 2000
    of more than eight bits it rounds up, to black. Of TIFFs in parts, ``tiff_parts`` says more.

    Args:
        file: The photo.
        page: Of a TIFF, the number of the directory.

    Returns:
        RGB, stored as it is, and how it is turned, 1 to 8; None where it is for Pillow.

    Raises:
        SourceError: It is of such a kind, and too large.
    """
    start = _head(file, 12)
    if start[:2] in (b"II", b"MM"):
        return _unusual_tiff(file, page)
    if start.startswith(_JPEG_2000):
        size = _deep_jpeg_2000(_head(file))
        image = None if size is None else _read(file, "j2k_pipe", DEEP, size, 0, 0)
        return None if image is None else (image, 1)
    return None


def _unusual_tiff(file: Path | BinaryIO, page: int) -> "tuple[Image, int] | None":
    tags = tiff.page_directory(file, page)
    if is_in_parts(tags):
        return joined_parts(file, page), tags.get(tiff.ORIENTATION, (1,))[0]
    if not _is_unusual(tags):
        return None
    pixels = FLOATING if _is_floating(tags) else DEEP
    image = _read(file, "tiff_pipe", pixels, _size(tags), page, tags.get(tiff.EXTRA, (0,))[0])
    if image is None and tags.get(tiff.COMPRESSION, (1,))[0] == _UNCOMPRESSED:
        raise SourceError(tiff_reason(tags))
    return None if image is None else (image, tags.get(tiff.ORIENTATION, (1,))[0])


def unusual_jpeg(file: Path | BinaryIO) -> "Image | None":
    """Read a JPEG of twelve bits, as medical devices write them; None where it is none.

    Raises:
        SourceError: It is of such a kind, and too large.
    """
    size = _twelve_bits(_head(file))
    return None if size is None else _read(file, "jpeg_pipe", DEEP, size, 0, 0)


def _is_unusual(tags: tiff.Directory) -> bool:
    if not tags:
        return False
    if _is_floating(tags):
        return True
    bits, extra = max(tags.get(tiff.BITS, (1,))), tags.get(tiff.EXTRA, ())
    if max(tags.get(tiff.SAMPLE_FORMAT, (1,))) != 1 or bits not in (8, 16):
        return False
    samples = tags.get(tiff.SAMPLES, (1,))[0]
    if tags.get(tiff.PHOTOMETRIC) == (_SEPARATED,) and samples == 5:
        return True
    planes = tags.get(tiff.PLANAR) == (_PLANES,) and samples > 1
    plain = tags.get(tiff.COMPRESSION, (1,))[0] == _UNCOMPRESSED
    return planes and (bits == 16 or (plain and ASSOCIATED in extra))


def _is_floating(tags: tiff.Directory) -> bool:
    floating = set(tags.get(tiff.SAMPLE_FORMAT, (1,))) == {_FLOAT}
    return floating and set(tags.get(tiff.BITS, ())) == {32} and tags.get(tiff.SAMPLES) == (3,)


def _size(tags: tiff.Directory) -> tuple[int, int]:
    return tags.get(tiff.WIDTH, (0,))[0], tags.get(tiff.HEIGHT, (0,))[0]


def _read(
    file: Path | BinaryIO, reader: str, pixels: str, size: tuple[int, int], page: int, extra: int
) -> "Image | None":
    from PIL import Image

    if size[0] * size[1] > LARGEST:
        raise SourceError(
            f"{size[0]} × {size[1]} pixels of a kind that is read up to {LARGEST // 1_000_000} "
            "megapixels: save it with 8 or 16 bits a colour"
        )
    with BUDGET.taken(_BYTES * size[0] * size[1]):
        values = decoded_samples(file, reader, pixels, page)
        if values is None:
            return None
        if pixels == FLOATING:
            colours = np.asarray(values, np.float32)
            return Image.fromarray(visible_levels(colours, whole=False))
        deep = np.asarray(values, np.uint16)
        return shown_colours(deep, None, 1, associated=extra == ASSOCIATED)


def _head(file: Path | BinaryIO, count: int = _LARGEST_HEAD) -> bytes:
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return opened.read(count)
    place = file.tell()
    file.seek(0)
    head = file.read(count)
    file.seek(place)
    return head


def _deep_jpeg_2000(head: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG 2000 of colours of more than eight bits; None where it is none."""
    place = head.find(_SIZES)
    if place < 0 or place + 45 > len(head):
        return None
    right, bottom, left, top = struct.unpack(">4I", head[place + 8 : place + 24])
    (colours,) = struct.unpack(">H", head[place + 40 : place + 42])
    deep = (head[place + 42] & 0x7F) + 1 > 8
    return (right - left, bottom - top) if colours >= 3 and deep else None


def _twelve_bits(head: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG of twelve bits; None where it is none."""
    place = 2
    while head[:2] == b"\xff\xd8" and place + 9 < len(head) and head[place] == 0xFF:
        kind, length = head[place + 1], int.from_bytes(head[place + 2 : place + 4], "big")
        if kind in (0xC1, 0xC2):  # extended, progressive
            depth, height, width = struct.unpack(">BHH", head[place + 4 : place + 9])
            return (width, height) if depth == 12 else None
        if length < 2:
            break
        place += 2 + length
    return None
