"""A photo's stored pixels, whatever their kind, as RGB of eight bits on white."""

import io
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from frameatlas.photos.levels import visible_levels
from frameatlas.photos.reduced import Factor, reduced_image, reduced_values, whole_factor

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsTransform

DIRECT = 16_000_000
"""Pixels up to which Pillow may convert and scale a photo at once: 64 MB a copy."""

Size = tuple[int, int]
"""Width and height in pixels."""

_WHITE_IS_ZERO = 0
_BITS, _PHOTOMETRIC, _SIGNED = 258, 262, 339  # TIFF's tags


def scaled_rgb(image: "Image", size: Size | None) -> "Image":
    """A photo's pixels as RGB, before it is turned.

    Args:
        image: The photo, loaded.
        size: What it is scaled to; None keeps its own size.
    """
    if is_deep(image):
        return _deep_grey(image, size)
    factor: Factor = (1, 1)
    if image.width * image.height > DIRECT and size is not None:
        factor = whole_factor(image.size, size)
        small = reduced_image(image, factor, _averageable)
    else:
        small = _averageable(image)
    if size is not None:
        small = _resized(small, size, image.size, factor)
    return on_white(_standard_colours(small, image.info.get("icc_profile")))


def is_deep(image: "Image") -> bool:
    """Whether a pixel is one number of more than eight bits, or one that has a sign."""
    return image.mode.startswith("I") or image.mode == "F" or _stored_as(image) is not None


def on_white(image: "Image") -> "Image":
    """RGB; what is transparent shows white, whatever colour is hidden there."""
    from PIL import Image

    if image.mode not in ("RGBA", "LA", "RGBa", "La"):
        return image.convert("RGB")
    with_alpha = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, with_alpha).convert("RGB")


def _averageable(image: "Image") -> "Image":
    """A mode whose pixels can be averaged: palettes and bitmaps spread out, alpha kept."""
    if "transparency" in image.info or image.mode in ("PA", "RGBa", "La"):
        # Pillow knows no way from La to RGBA in one step.
        image = image.convert("LA") if image.mode == "La" else image
        return image.convert("RGBA")
    if image.mode == "P":
        return image.convert("RGB")
    if image.mode == "1":
        return image.convert("L")
    if image.mode == "LAB":
        return _from_lab(image)
    if image.mode in ("HSV", "YCbCr", "RGBX"):
        return image.convert("RGB")
    return image


def _resized(image: "Image", size: Size, full: Size, factor: Factor) -> "Image":
    """Scale what was reduced by a factor; its last row and column may stand for less."""
    from PIL import Image

    box = (0.0, 0.0, full[0] / factor[0], full[1] / factor[1])
    return image.resize(size, Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)


def _deep_grey(image: "Image", size: Size | None) -> "Image":
    """Grey of 10 to 32 bits, or floating point, stretched to be seen."""
    from PIL import Image

    factor: Factor = whole_factor(image.size, size) if size is not None else (1, 1)
    values = reduced_values(image, factor, stored_as=_stored_as(image))
    fewest = 7 if image.mode == "L" else 8
    grey = visible_levels(values, whole=image.mode != "F", fewest=fewest)
    if getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == _WHITE_IS_ZERO and image.mode != "F":
        grey = 255 - grey
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        grey[values == transparent] = 255
    small = Image.fromarray(grey)
    if size is not None:
        small = _resized(small, size, image.size, factor)
    return small.convert("RGB")


def _stored_as(image: "Image") -> type[np.generic] | None:
    """What a TIFF's numbers are where Pillow gives them a sign, or takes it from them."""
    tags = getattr(image, "tag_v2", {})
    signed = tags.get(_SIGNED, (1,)) == (2,)
    if image.mode == "I" and tags.get(_BITS) == (32,) and not signed:
        return np.uint32
    return np.int8 if image.mode == "L" and signed else None


def _from_lab(image: "Image") -> "Image":
    from PIL import ImageCms

    changed = ImageCms.applyTransform(image, _lab_transform())
    assert changed is not None
    return changed


@lru_cache
def _lab_transform() -> "ImageCmsTransform":
    from PIL import ImageCms

    lab, standard = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.buildTransform(lab, standard, "LAB", "RGB")


def _standard_colours(image: "Image", profile: bytes | None) -> "Image":
    """Apply a colour profile: printers' CMYK, cameras' wide gamut and scanners' grey to sRGB."""
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    from PIL import ImageCms

    try:
        changed = ImageCms.applyTransform(image, _transform(profile, image.mode))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return image if changed is None else changed


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> "ImageCmsTransform":
    from PIL import ImageCms

    given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    out = "RGBA" if mode == "RGBA" else "RGB"
    return ImageCms.buildTransform(given, ImageCms.createProfile("sRGB"), mode, out)


def as_array(image: "Image") -> NDArray[np.uint8]:
    """uint8 of shape (height, width, 3), RGB."""
    return np.asarray(image, np.uint8)
