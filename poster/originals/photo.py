"""One photo at full size, as it is shown."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

from frameatlas.drawing.compose import Picture
from frameatlas.errors import SourceError
from frameatlas.safe_formats import photo_formats


def photo_picture(path: Path) -> Picture:
    """Read a photo again.

    Returns:
        uint8 of shape (height, width, 3), RGB (sRGB), upright, transparent parts on white.

    Raises:
        SourceError: It cannot be read; the message says why.
    """
    try:
        with Image.open(path, formats=photo_formats()) as opened:
            profile = opened.info.get("icc_profile")
            image = ImageOps.exif_transpose(opened)
            return np.asarray(_on_white(_standard_colours(_eight_bit(image), profile)), np.uint8)
    # Pillow's readers raise whatever a damaged file makes them run into.
    except Exception as error:
        raise SourceError(f"the photo cannot be read ({error})") from error


def _eight_bit(image: Image.Image) -> Image.Image:
    """Sixteen bits of grey to eight; other modes as they are."""
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.asarray(image, np.float64)
    scale = 255 / 65_535 if image.mode.startswith("I") else 1.0
    return Image.fromarray(np.clip(np.rint(values * scale), 0, 255).astype(np.uint8))


def _standard_colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours of another profile as sRGB; a profile that cannot be used is passed over."""
    if not profile or image.mode not in ("RGB", "CMYK", "L"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError):
        return image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")
