"""One photo file: how large it is shown, and its pixels as RGB at a wanted size."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import SourceError
from frameatlas.photos.deep_colours import deep_colours, has_deep_colours, needs_all_bits
from frameatlas.photos.kinds import MOST_PAGES, is_heic, is_raw, pages_of
from frameatlas.photos.memory import BUDGET, LARGEST_PHOTO, decoded_bytes
from frameatlas.photos.orientation import (
    is_sideways,
    orientation_of,
    shown_size,
    stored_orientation,
    turned,
)
from frameatlas.photos.pixels import as_array, scaled_rgb
from frameatlas.photos.quiet import quiet_pillow
from frameatlas.photos.raw_preview import raw_preview
from frameatlas.photos.refusals import os_reason, unknown_reason
from frameatlas.photos.scans import refuse_endless_scans
from frameatlas.photos.unusual import unusual_jpeg, unusual_photo
from frameatlas.safe_formats import photo_formats

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_SHOWN = 100_000_000
"""Pixels of a photo at full size; a larger one is reduced by a whole factor."""

_TURNED = "frameatlas orientation"
"""Key under which an opened image's ``info`` tells how a RAW file says that its preview is held."""


def is_single_picture(path: Path) -> bool:
    """Whether a file holds one picture, not an animation; False where it cannot be read."""
    try:
        with open_photo(path) as image:
            return not getattr(image, "is_animated", False)
    except SourceError:
        return False


def photo_pages(path: Path) -> tuple[int, ...]:
    """Numbers of the pictures of one file that are frames of their own.

    Pages of a TIFF, and pictures of a HEIC that stand beside each other, as bursts do. (0,) where
    there is one, or none that can be read.
    """
    if not is_heic(path):
        return pages_of(path) or (0,)
    try:
        with open_photo(path) as image:
            return tuple(range(min(int(getattr(image, "n_frames", 1)), MOST_PAGES)))
    except SourceError:
        return (0,)


def photo_size(path: Path | BinaryIO, page: int = 0) -> tuple[int, int]:
    """Width and height as shown, from the file's head alone.

    Args:
        path: The photo, or its content.
        page: Of a TIFF, the number of the directory; of a HEIC, of the picture.

    Raises:
        SourceError: It is no photo that Pillow reads; the message says why.
    """
    with open_photo(path, page) as image:
        if _TURNED in image.info:
            width, height = image.size
            return (height, width) if is_sideways(_orientation(image)) else (width, height)
        return shown_size(image)


def read_photo(
    path: Path | BinaryIO, width: int, height: int, *, page: int = 0
) -> NDArray[np.uint8]:
    """Read a photo at a size, turned as it is shown, transparent parts on white.

    Args:
        path: The photo, or its content.
        width: Pixels across, as shown.
        height: Pixels down, as shown.
        page: Of a TIFF, the number of the directory; of a HEIC, of the picture.

    Returns:
        uint8 of shape (height, width, 3), RGB.

    Raises:
        SourceError: It cannot be decoded; the message says why.
    """
    with open_photo(path, page) as image:
        deep = has_deep_colours(image)
        orientation = _orientation(image)
        size = (height, width) if is_sideways(orientation) else (width, height)
        rgb = _decoded(path, image, size, page, deep=deep, draft=True)
        return as_array(turned(rgb, orientation))


def whole_photo(path: Path, *, page: int = 0) -> NDArray[np.uint8]:
    """Read a photo at its own size; above ``MOST_SHOWN`` pixels reduced by a whole factor.

    Args:
        path: The photo.
        page: Of a TIFF, the number of the directory; of a HEIC, of the picture.

    Returns:
        uint8 of shape (height, width, 3), RGB, upright.

    Raises:
        SourceError: It cannot be decoded; the message says why.
    """
    with open_photo(path, page) as image:
        factor, deep = 1, has_deep_colours(image)
        while image.width * image.height > MOST_SHOWN * factor**2:
            factor += 1
        size = (max(1, image.width // factor), max(1, image.height // factor))
        wanted = size if factor > 1 else None
        rgb = _decoded(path, image, wanted, page, deep=deep, draft=False)
        return as_array(turned(rgb, _orientation(image)))


@contextmanager
def open_photo(path: Path | BinaryIO, page: int = 0) -> "Iterator[Image]":
    """Open a photo; whatever goes wrong while it is open becomes a reason.

    Args:
        path: The photo, or its content; of a camera's RAW file, its preview is opened.
        page: Of a TIFF, the number of the directory; of a HEIC, of the picture.

    Raises:
        SourceError: With that reason.
    """
    from PIL import Image, UnidentifiedImageError

    _register_heif()
    try:
        with quiet_pillow(), _opened(path, page) as image:
            if image.width * image.height > LARGEST_PHOTO:
                raise SourceError(_too_large(image.width, image.height))
            yield image
    except SourceError:
        raise
    except UnidentifiedImageError as error:
        raise SourceError(unknown_reason(path)) from error
    except Image.DecompressionBombError as error:
        raise SourceError("more pixels than a photo has (a decompression bomb?)") from error
    except MemoryError as error:
        raise SourceError("not enough memory to decode it") from error
    except OSError as error:
        raise SourceError(os_reason(error)) from error
    # Pillow's readers raise whatever a damaged file makes them run into.
    except Exception as error:
        raise SourceError("the photo is damaged") from error


@contextmanager
def _opened(path: Path | BinaryIO, page: int) -> "Iterator[Image]":
    unusual = unusual_photo(path, page)
    if unusual is not None:
        image, orientation = unusual
        image.info[_TURNED] = orientation
        yield image
        return
    with ExitStack() as stack:
        image = _opened_by_pillow(path, stack)
        if page:
            image.seek(page)
        yield image


def _opened_by_pillow(path: Path | BinaryIO, stack: ExitStack) -> "Image":
    from PIL import Image, UnidentifiedImageError

    raw = isinstance(path, Path) and is_raw(path)
    preview = raw_preview(path) if isinstance(path, Path) and raw else None
    if preview is not None:
        file: BinaryIO = preview.data
    else:
        # A file that Pillow opens by its name it maps into memory: it gets the size of turned TIFFs
        # wrong, and a file that shrinks meanwhile would end the whole process.
        file = stack.enter_context(path.open("rb")) if isinstance(path, Path) else path
    try:
        image: Image.Image = stack.enter_context(Image.open(file, formats=photo_formats()))
    except UnidentifiedImageError:
        found = unusual_jpeg(path)
        if found is None:
            raise
        return found
    if preview is not None and preview.orientation and orientation_of(image) == 1:
        image.info[_TURNED] = preview.orientation
    return image


def _orientation(image: "Image") -> int:
    return int(image.info.get(_TURNED, 0)) or orientation_of(image)


def _decoded(
    path: Path | BinaryIO,
    image: "Image",
    size: tuple[int, int] | None,
    page: int,
    *,
    deep: bool,
    draft: bool,
) -> "Image":
    """RGB at a size, before it is turned; decoded within the memory that there is for photos."""
    kind = str(image.format)
    if kind in ("JPEG", "MPO"):
        # Of a RAW file it is the preview that was opened.
        refuse_endless_scans(getattr(image, "fp", None) or path)
    needed = _progressive_bytes(image)
    stored = stored_orientation(image)
    if draft and size is not None:
        # JPEG decodes at a half, a quarter or an eighth: twice the wanted size is enough.
        image.draft(None, (2 * size[0], 2 * size[1]))
    needed = max(needed, decoded_bytes(image.width, image.height, image.mode, kind))
    with BUDGET.taken(needed):
        image.load()
        all_bits = deep and needs_all_bits(image)
        rgb = None if all_bits else scaled_rgb(image, size)
    if rgb is None:
        with BUDGET.taken(4 * needed):
            rgb = deep_colours(path, kind, size, stored, page) or scaled_rgb(image, size)
    return rgb


def _progressive_bytes(image: "Image") -> int:
    """Bytes of a progressive JPEG's coefficients: all of them, before it can be scaled."""
    progressive = image.info.get("progressive") or image.info.get("progression")
    return 6 * image.width * image.height if progressive else 0


def _too_large(width: int, height: int) -> str:
    return f"{width} × {height} pixels are more than a photo has (a decompression bomb?)"


@lru_cache
def _register_heif() -> None:
    try:
        import pillow_heif
    except ImportError:
        return
    pillow_heif.register_heif_opener()
