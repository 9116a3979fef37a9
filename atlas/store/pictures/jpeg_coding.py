"""One stored picture as JPEG: how it is written, and what is believed of one that is read.

Each carries a small copy of itself, for the cells of the map, where the JPEG File Interchange
Format has its place for one: a segment APP0, "JFXX", that holds another JPEG. Other programs read
the picture and pass over the copy.
"""

import io
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

QUALITY = 92
"""Of 100: frames of real videos keep 36 to 45 dB and a twelfth of their bytes (decision 49)."""

SUBSAMPLING = "4:2:0"
"""As almost all videos have it already: a fifth fewer bytes and less time than with all colours."""

SMALLER = 3
"""A copy has a third of the picture's width and height, rounded up: 100 rows of the usual 300."""

SMALL_QUALITY = 85

REDUCTIONS = (12, 6, 3, 2)
"""Whole factors by which a picture is had smaller in a part of the time: JPEG can be decoded to
halves, quarters and eighths, copies too."""

_JFXX = struct.Struct(">HH5sB")
_APP0, _TAG, _CODED = 0xFFE0, b"JFXX\0", 0x10
_AFTER_JFIF = 20
"""Bytes of a beginning and of the segment "JFIF", which is the first."""

HEAD = 12_000
"""Bytes of a picture that almost always hold its copy."""


def encode_jpeg(pixels: Any, width: int, height: int) -> bytes:
    """A picture as JPEG, with its copy: the same bytes for the same picture.

    Args:
        pixels: A buffer of height × width × 3 bytes, RGB.
        width: In pixels.
        height: In pixels.
    """
    from PIL import Image

    image = Image.frombuffer("RGB", (width, height), pixels, "raw", "RGB", 0, 1)
    picture = _coded(image, QUALITY)
    copy = _coded(image.reduce(SMALLER), SMALL_QUALITY)
    length = _JFXX.size - 2 + len(copy)
    if length > 0xFFFF:
        return picture
    head = _JFXX.pack(_APP0, length, _TAG, _CODED)
    return picture[:_AFTER_JFIF] + head + copy + picture[_AFTER_JFIF:]


def _coded(image: "Image", quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=SUBSAMPLING)
    return out.getvalue()


def copy_place(head: bytes) -> tuple[int, int] | None:
    """First byte of a picture's small copy, and the one after its last; None where it has none.

    Args:
        head: The first bytes of the picture, 30 at least.
    """
    if len(head) < _AFTER_JFIF + _JFXX.size:
        return None
    marker, length, tag, coded = _JFXX.unpack_from(head, _AFTER_JFIF)
    if (marker, tag, coded) != (_APP0, _TAG, _CODED):
        return None
    return _AFTER_JFIF + _JFXX.size, _AFTER_JFIF + 2 + length


def decode_jpeg(data: bytes, width: int, height: int, by: int = 1) -> NDArray[np.uint8]:
    """A picture from JPEG.

    Args:
        data: The JPEG; whoever made it, nothing but a plain picture of this size is decoded.
        width: Its width as stored, in pixels.
        height: Its height.
        by: Decode it smaller by this factor: 1, 2, 4 or 8, at most as many as it has pixels.

    Returns:
        uint8 of shape (height / by, width / by, 3), rounded up, RGB.

    Raises:
        ValueError: It is none, or another; the message says what was found.
    """
    from PIL.JpegImagePlugin import JpegImageFile

    try:
        image = JpegImageFile(io.BytesIO(data))
    except Exception as error:
        raise ValueError("something that is no JPEG") from error
    # A progressive one may take minutes: any number of scans fits into few bytes.
    if image.size != (width, height) or image.mode != "RGB" or "progressive" in image.info:
        kind = " progressive" if "progressive" in image.info else ""
        raise ValueError(f"a{kind} JPEG of {image.width} × {image.height} pixels, {image.mode}")
    try:
        if by > 1:
            image.draft("RGB", (width // by, height // by))
        pixels = np.array(image, np.uint8)
    except Exception as error:
        raise ValueError(f"a damaged JPEG ({error})") from error
    if pixels.shape != (rounded_up(height, by), rounded_up(width, by), 3):
        raise ValueError(f"a JPEG that is decoded to {pixels.shape[1]} × {pixels.shape[0]} pixels")
    return pixels


def averaged(pixels: NDArray[np.uint8], by: int) -> NDArray[np.uint8]:
    """A picture made smaller by a whole factor, of which there is no small copy."""
    from PIL import Image

    return np.array(Image.fromarray(pixels).reduce(by), np.uint8)


def rounded_up(side: int, by: int) -> int:
    """Pixels of a side that is made shorter by a whole factor."""
    return -(-side // by)
