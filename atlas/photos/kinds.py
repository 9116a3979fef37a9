"""What the first bytes of a picture file tell, whatever it is called."""

import struct
from pathlib import Path

from frameatlas.photos.jpeg_xl_head import is_animated_jpeg_xl
from frameatlas.photos.tiff_directories import SUBFILE, directories

_RAW = """
    .dng .nef .nrw .cr2 .cr3 .crw .arw .srf .sr2 .raf .orf .rw2 .rwl .pef .srw .x3f .3fr .fff
    .iiq .mos .erf .kdc .dcr .mrw .mef .gpr
"""

RAW_SUFFIXES = frozenset(_RAW.split())
"""Names of cameras' RAW files: what the sensor saw, which is no picture yet."""

_HEIC = frozenset([b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"])
_AVIF = frozenset([b"avif", b"avis"])
_JXL = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")

_PREVIEW_OR_MASK = 1 | 4  # bits of TIFF's NewSubfileType
MOST_PAGES = 1000
"""Pages of a TIFF that are read."""

_LARGEST_CHUNKS = 1 << 20
"""Bytes of a PNG before its first pixels in which an animation must be announced."""


def is_raw(path: Path) -> bool:
    """Whether a file is a camera's RAW file, by its name."""
    return path.suffix.lower() in RAW_SUFFIXES


def is_heic(path: Path) -> bool:
    """Whether a file is HEIC or HEIF, by its content."""
    brand, others = _brands(path)
    return brand in _HEIC and not (_AVIF & {brand, *others})


def is_avif(path: Path) -> bool:
    """Whether a file is AVIF, by its content."""
    brand, others = _brands(path)
    return bool(_AVIF & {brand, *others})


def is_jpeg_xl(path: Path) -> bool:
    """Whether a file is JPEG XL, by its content."""
    return _head(path, 12).startswith(_JXL)


def is_animated_webp(path: Path) -> bool:
    """Whether a file is WebP of several pictures that follow each other in time."""
    head = _head(path, 32)
    if head[:4] != b"RIFF" or head[8:16] != b"WEBPVP8X" or len(head) < 21:
        return False
    return bool(head[20] & 2)


def is_animated(path: Path) -> bool:
    """Whether a WebP, PNG, AVIF or JPEG XL file holds pictures that follow each other in time.

    Of GIFs only a decoder can tell.
    """
    if is_animated_webp(path):
        return True
    head = _head(path, 32)
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return _is_animated_png(path)
    return is_animated_avif(path) or is_animated_jpeg_xl(path)


def is_deep_animated_png(path: Path) -> bool:
    """Whether a file is an animated PNG of sixteen bits with alpha: FFmpeg blends only eight."""
    head = _head(path, 26)
    if head[:8] != b"\x89PNG\r\n\x1a\n" or head[24:] not in (b"\x10\x04", b"\x10\x06"):
        return False
    return _is_animated_png(path)


def is_animated_avif(path: Path) -> bool:
    """Whether an AVIF file holds pictures that follow each other in time."""
    return _brands(path)[0] == b"avis"


def is_gif(path: Path) -> bool:
    """Whether a file is a GIF, by its content."""
    return _head(path, 6) in (b"GIF87a", b"GIF89a")


def is_film(path: Path) -> bool:
    """Whether a file is a video, by its content: MP4, Matroska or AVI."""
    head = _head(path, 16)
    if head[4:8] == b"ftyp":
        return not (is_heic(path) or is_avif(path))
    return head[:4] == b"\x1a\x45\xdf\xa3" or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")


def pages_of(path: Path) -> tuple[int, ...]:
    """Numbers of the directories of a TIFF that are pages, at most ``MOST_PAGES``.

    Smaller copies of a page (pyramids, thumbnails) and masks are none. Empty where the file is no
    TIFF, or cannot be followed.
    """
    if _head(path, 2) not in (b"II", b"MM"):
        return ()
    try:
        with path.open("rb") as file:
            found = directories(file, 16 * MOST_PAGES)
            kinds = [numbers.get(SUBFILE, (0,))[0] for numbers in found]
    except (OSError, struct.error, ValueError, OverflowError):
        return ()
    pages = [number for number, kind in enumerate(kinds) if not kind & _PREVIEW_OR_MASK]
    return tuple(pages[:MOST_PAGES])


def _head(path: Path, count: int) -> bytes:
    """The first bytes; none of what has no size, which may be a device that waits for ever."""
    try:
        if not path.stat().st_size:
            return b""
        with path.open("rb") as file:
            return file.read(count)
    except OSError:
        return b""


def _brands(path: Path) -> tuple[bytes, tuple[bytes, ...]]:
    """Major and compatible brands of an ISO media file's head."""
    head = _head(path, 256)
    if head[4:8] != b"ftyp":
        return b"", ()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return head[8:12], tuple(head[at : at + 4] for at in range(16, end - 3, 4))


def _is_animated_png(path: Path) -> bool:
    """Whether acTL comes before the first pixels, as it has to."""
    head = _head(path, _LARGEST_CHUNKS)
    place = 8
    while place + 8 <= len(head):
        kind = head[place + 4 : place + 8]
        if kind in (b"acTL", b"IDAT"):
            return kind == b"acTL"
        place += 12 + int.from_bytes(head[place : place + 4], "big")
    return False
