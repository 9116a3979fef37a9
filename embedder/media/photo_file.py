"""One photo file: how large it is shown, and its pixels as RGB at a wanted size."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import SourceError
from frameatlas.safe_formats import photo_formats
from frameatlas.store.content_digest import read_error_reason

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsTransform

ORIENTATION = 0x0112
"""The EXIF tag that says how a camera was held."""

LARGEST_PHOTO = 400_000_000
"""Pixels. Above it a file of a few kilobytes could ask for gigabytes of memory."""


def is_single_picture(path: Path) -> bool:
    """Whether a file holds one picture, not an animation; False where it cannot be read."""
    try:
        with quiet_pillow(), open_photo(path) as image:
            return not getattr(image, "is_animated", False)
    except SourceError:
        return False


def photo_size(path: Path | BinaryIO) -> tuple[int, int]:
    """Width and height as shown, from the file's head alone.

    Raises:
        SourceError: It is no photo that Pillow reads; the message says why.
    """
    with open_photo(path) as image:
        width, height = image.size
        return (height, width) if _is_turned(image) else (width, height)


def read_photo(path: Path | BinaryIO, width: int, height: int) -> NDArray[np.uint8]:
    """Read a photo at a size, turned as it is shown, transparent parts on white.

    Args:
        path: The photo, or its content.
        width: Pixels across, as shown.
        height: Pixels down, as shown.

    Returns:
        uint8 of shape (height, width, 3), RGB.

    Raises:
        SourceError: It cannot be decoded; the message says why.
    """
    from PIL import Image

    with open_photo(path) as image:
        orientation = _orientation(image)
        size = (height, width) if _is_turned(image) else (width, height)
        # JPEG decodes at a half, a quarter or an eighth: twice the wanted size is enough.
        image.draft(None, (2 * size[0], 2 * size[1]))
        small = _eight_bit(image).resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
        rgb = _on_white(_standard_colours(small, image.info.get("icc_profile")))
        return np.asarray(_turn(rgb, orientation), np.uint8)


@contextmanager
def quiet_pillow() -> Iterator[None]:
    """Silence Pillow's warnings: size has our own limit, and damaged EXIF refuses no photo.

    Python's warning filters belong to the whole process: one such block around all threads,
    never one in each.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        warnings.filterwarnings("ignore", message=".*(decompression bomb|EXIF)")
        yield


@contextmanager
def open_photo(path: Path | BinaryIO) -> "Iterator[Image]":
    """Open a photo; whatever goes wrong while it is open becomes a reason.

    Raises:
        SourceError: With that reason.
    """
    from PIL import Image, UnidentifiedImageError

    _register_heif()
    try:
        with Image.open(path, formats=photo_formats()) as image:
            if image.width * image.height > LARGEST_PHOTO:
                raise SourceError(_too_large(image.width, image.height))
            yield image
    except SourceError:
        raise
    except UnidentifiedImageError as error:
        raise SourceError(_unknown_reason(path)) from error
    except Image.DecompressionBombError as error:
        raise SourceError("more pixels than a photo has (a decompression bomb?)") from error
    except MemoryError as error:
        raise SourceError("not enough memory to decode it") from error
    except OSError as error:
        raise SourceError(_os_reason(error)) from error
    # Pillow's readers raise whatever a damaged file makes them run into.
    except Exception as error:
        raise SourceError("the photo is damaged") from error


def _too_large(width: int, height: int) -> str:
    return f"{width} × {height} pixels are more than a photo has (a decompression bomb?)"


def _os_reason(error: OSError) -> str:
    if error.errno is not None:
        return read_error_reason(error)
    text = str(error).lower()
    if "truncated" in text or "unexpected end" in text:
        return "the photo is cut off"
    return "the photo is damaged"


def _unknown_reason(path: Path | BinaryIO) -> str:
    if not isinstance(path, Path):
        return "no photo that Pillow reads, or damaged from the beginning"
    if path.stat().st_size == 0:
        return "an empty file"
    if path.suffix.lower() in {".heic", ".heif"}:
        return "HEIC is read with the package pillow-heif: pip install frameatlas[heic]"
    if path.suffix.lower() == ".avif":
        return "this Pillow reads no AVIF, or the photo is damaged"
    return "no photo that Pillow reads, or damaged from the beginning"


@lru_cache
def _register_heif() -> None:
    try:
        import pillow_heif
    except ImportError:
        return
    pillow_heif.register_heif_opener()


def _orientation(image: "Image") -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # Damaged EXIF: shown as it is stored.
        return 1


def _is_turned(image: "Image") -> bool:
    return _orientation(image) in (5, 6, 7, 8)


def _turn(image: "Image", orientation: int) -> "Image":
    """Turn and mirror as EXIF says; its numbers are TIFF 6.0's."""
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


def _eight_bit(image: "Image") -> "Image":
    """A mode that can be scaled: palettes and bitmaps spread out, deep greys cut to eight bits."""
    if image.mode.startswith("I") or image.mode == "F":
        return _from_deep_grey(np.asarray(image))
    if "transparency" in image.info or image.mode in ("PA", "RGBa", "La"):
        return image.convert("RGBA")
    if image.mode == "P":
        return image.convert("RGB")
    if image.mode == "1":
        return image.convert("L")
    return image


def _from_deep_grey(values: NDArray[np.generic]) -> "Image":
    """Sixteen bits by their high byte; wider and floating-point ones by their largest value."""
    from PIL import Image

    grey = np.nan_to_num(values.astype(np.float64))
    largest = float(grey.max(initial=0.0))
    if values.dtype.kind == "f":
        scale = 255.0 / (largest if largest > 1 else 1.0)
    else:
        scale = 1 / 256 if largest <= 65535 else 255.0 / largest
    return Image.fromarray(np.clip(grey * scale, 0, 255).astype(np.uint8))


def _on_white(image: "Image") -> "Image":
    from PIL import Image

    if image.mode not in ("RGBA", "LA"):
        return image.convert("RGB")
    with_alpha = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, with_alpha).convert("RGB")


def _standard_colours(image: "Image", profile: bytes | None) -> "Image":
    """Apply a colour profile: printers' CMYK and cameras' wide gamut to sRGB."""
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    from PIL import ImageCms

    try:
        transform = _transform(profile, image.mode)
        changed = ImageCms.applyTransform(image, transform)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return image if changed is None else changed


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> "ImageCmsTransform":
    from PIL import ImageCms

    given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    out = "RGB" if mode == "CMYK" else mode
    return ImageCms.buildTransform(given, ImageCms.createProfile("sRGB"), mode, out)
