"""How a photo is turned when it is shown: EXIF, XMP, or not at all."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

ORIENTATION = 0x0112
"""The EXIF tag that says how a camera was held (TIFF 6.0, page 36)."""

_WIDTH, _HEIGHT = 256, 257
"""TIFF's tags of the stored size."""

UPRIGHT = 1
"""The orientation of a picture that is shown as it is stored."""


def orientation_of(image: "Image") -> int:
    """How the pixels that ``image`` gives still have to be turned: 1 to 8, as EXIF counts.

    Pillow turns TIFFs itself when it loads them, and HEIF's own turn is applied by its decoder,
    which then sets the tag to 1; of the rest it only tells EXIF's word, or XMP's where there is
    none in EXIF.
    """
    if image.format == "TIFF":
        return UPRIGHT
    try:
        if _is_plain_png(image):
            return UPRIGHT
        found = int(image.getexif().get(ORIENTATION, UPRIGHT))
    except Exception:  # Damaged EXIF: shown as it is stored.
        return UPRIGHT
    return found if 1 <= found <= 8 else UPRIGHT


def _is_plain_png(image: "Image") -> bool:
    """Whether a PNG that is not loaded yet says nothing of its orientation anywhere.

    Asked for EXIF, Pillow would decode the whole picture first: EXIF may come after the pixels.
    """
    if image.format != "PNG" or "exif" in image.info or not getattr(image, "tile", None):
        return False
    file = getattr(image, "fp", None)
    if file is None:
        return False
    place, kinds = file.tell(), set()
    file.seek(8)
    while len(head := file.read(8)) == 8 and head[4:] != b"IEND":
        kinds.add(head[4:])
        file.seek(int.from_bytes(head[:4], "big") + 4, 1)
    file.seek(place)
    return not kinds & {b"eXIf", b"zTXt", b"iTXt", b"tEXt"}


def stored_orientation(image: "Image") -> int:
    """Of a TIFF that is not loaded yet, how its stored pixels are turned; 1 for all others."""
    try:
        found = int(getattr(image, "tag_v2", {}).get(ORIENTATION, UPRIGHT))
    except (TypeError, ValueError):
        return UPRIGHT
    return found if 1 <= found <= 8 else UPRIGHT


def is_sideways(orientation: int) -> bool:
    """Whether turning exchanges width and height."""
    return orientation in (5, 6, 7, 8)


def shown_size(image: "Image") -> tuple[int, int]:
    """Width and height in pixels as shown, before anything is loaded."""
    if image.format == "TIFF":
        return _shown_tiff(image)
    width, height = image.size
    return (height, width) if is_sideways(orientation_of(image)) else (width, height)


def _shown_tiff(image: "Image") -> tuple[int, int]:
    """By the tags: releases of Pillow differ in which size they tell before they load."""
    tags = getattr(image, "tag_v2", {})
    try:
        width, height = int(tags[_WIDTH]), int(tags[_HEIGHT])
    except (KeyError, TypeError, ValueError):
        return image.size
    return (height, width) if is_sideways(stored_orientation(image)) else (width, height)


def turned(image: "Image", orientation: int) -> "Image":
    """Turn and mirror as EXIF says."""
    from PIL.Image import Transpose

    how = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }.get(orientation)
    return image if how is None else image.transpose(how)
