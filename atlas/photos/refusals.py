"""Why a file gives no photo, in the user's words."""

from pathlib import Path
from typing import BinaryIO

from frameatlas.photos.kinds import is_avif, is_heic, is_jpeg_xl
from frameatlas.photos.tiff_directories import (
    BITS,
    COMPRESSION,
    SAMPLE_FORMAT,
    Directory,
    page_directory,
)
from frameatlas.store.content_digest import read_error_reason

HEIC = "HEIC is read with the package pillow-heif: pip install frameatlas[heic]"
JPEG_XL = "JPEG XL, which this FFmpeg does not read: install FFmpeg 6.1 or newer, with libjxl"
_NUMBERS = {2: "signed", 3: "floating-point"}
"""By TIFF's SampleFormat."""

_COMPRESSIONS = {
    **{33003: "JPEG 2000", 33004: "JPEG 2000", 33005: "JPEG 2000", 34712: "JPEG 2000"},
    **{34661: "JBIG", 34887: "LERC", 34892: "JPEG of a DNG", 34713: "Nikon's NEF"},
    **{34926: "Zstandard", 50000: "Zstandard", 34927: "WebP", 50001: "WebP", 50002: "JPEG XL"},
}
"""By TIFF's Compression: those that not every Pillow reads, in libtiff's and GDAL's numbers."""

_UNKNOWN = "no photo that Pillow reads, or damaged from the beginning"


def unknown_reason(path: Path | BinaryIO) -> str:
    """Why Pillow knows no reader for a file, by its content first: names may be wrong."""
    if not isinstance(path, Path):
        return _UNKNOWN
    if path.stat().st_size == 0:
        return "an empty file"
    suffix = path.suffix.lower()
    if is_heic(path):
        return f"{_misnamed(path, ('.heic', '.heif'))}{HEIC}"
    if is_jpeg_xl(path):
        return JPEG_XL
    if is_avif(path) or suffix == ".avif":
        return "this Pillow reads no AVIF, or the photo is damaged"
    return HEIC if suffix in {".heic", ".heif"} else tiff_reason(page_directory(path, 0))


def tiff_reason(tags: Directory) -> str:
    """What kind of TIFF it is that nobody reads; or that it is none."""
    if not tags.get(BITS):
        return _UNKNOWN
    kind = _NUMBERS.get(tags.get(SAMPLE_FORMAT, (1,))[0], "whole")
    compression = tags.get(COMPRESSION, (1,))[0]
    name = _COMPRESSIONS.get(compression, f"number {compression}")
    packed = "" if compression == 1 else f", compression {name}"
    return (
        f"a TIFF of {kind} numbers of {max(tags[BITS])} bits{packed}, which Pillow does not read, "
        "or damaged: save it with 8 or 16 bits a colour, without compression or with LZW"
    )


def os_reason(error: OSError) -> str:
    """What went wrong in a reader, or on the disk."""
    if error.errno is not None:
        return read_error_reason(error)
    text = str(error).lower()
    if "truncated" in text or "unexpected end" in text:
        return "the photo is cut off"
    return "the photo is damaged"


def _misnamed(path: Path, suffixes: tuple[str, ...]) -> str:
    if path.suffix.lower() in suffixes:
        return ""
    return f"HEIC by its content, whatever its name ends with ({path.suffix or 'nothing'}). "
