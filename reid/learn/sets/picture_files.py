"""Pictures of people on disk: found, and opened as plain RGB."""

import warnings
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from frameatlas.errors import InputError, SourceError
from frameatlas.safe_formats import photo_formats
from frameatlas.store.atomic import translate_os_errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from frameatlas.atlas import Atlas

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")

SMALLEST = 4
"""Pixels a side below which nobody can be seen."""

LARGEST = 64_000_000
"""Pixels of a picture that is no crop of a person any more; it would take a gigabyte to open."""


def pictures_in(folder: Path) -> list[Path]:
    """All files below a folder whose name ends as a picture's, sorted by name."""
    with translate_os_errors(folder):
        if not folder.is_dir():
            raise InputError(f"Expected a folder of pictures. Received: {folder}.")
        return sorted(
            path
            for path in folder.rglob("*")
            if path.suffix.lower() in ENDINGS and not path.name.startswith(".") and path.is_file()
        )


def folders_of(root: Path) -> list[Path]:
    """A folder and those in it: sets are often unpacked into a folder of their own."""
    with translate_os_errors(root):
        if not root.is_dir():
            return []
        return [root, *sorted(path for path in root.iterdir() if path.is_dir())]


def holding(root: Path, names: "Iterable[str]") -> Path | None:
    """The folder itself or the one in it that has all of these in it; None where there is none."""
    wanted = tuple(names)
    return next((p for p in folders_of(root) if all((p / name).exists() for name in wanted)), None)


CROP = ".crop"
"""Ends the paths of crops of an atlas: ATLAS/123.crop is its frame 123."""


def crop_path(atlas: Path, frame: int) -> Path:
    """What stands for the crop of an atlas in a set."""
    return atlas / f"{frame}{CROP}"


def read_picture(path: Path) -> NDArray[np.uint8]:
    """A picture as uint8 of shape (height, width, 3), RGB, upright.

    CMYK is converted and 16 bits become 8: both are pictures, if odd ones.

    Args:
        path: A file, or what ``crop_path`` gives.

    Raises:
        SourceError: The reason why it cannot be used, without its name.
    """
    if path.suffix == CROP:
        return _crop(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=photo_formats()) as image:
                _refuse_size(image.size)
                return np.asarray(_eight_bits(ImageOps.exif_transpose(image)).convert("RGB"))
    except SourceError:
        raise
    except (
        OSError,
        ValueError,
        SyntaxError,
        MemoryError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise SourceError(_reason(path, error)) from error


@lru_cache(maxsize=8)
def _opened(folder: Path) -> "Atlas":
    from frameatlas.atlas import open_atlas

    return open_atlas(folder)


def _crop(path: Path) -> NDArray[np.uint8]:
    """A crop of an atlas without the black around it."""
    atlas, frame = _opened(path.parent), int(path.stem)
    if frame >= len(atlas):
        raise SourceError("the atlas has fewer crops now")
    x, y, width, height = (int(value) for value in atlas.boxes[frame])
    return np.asarray(atlas.frames[frame][y : y + height, x : x + width])


def stamp(path: Path) -> str:
    """Path, size and time of a picture: another one has another stamp."""
    file = path.parent / "atlas.json" if path.suffix == CROP else path
    try:
        state = file.stat()
    except OSError:
        return f"{path} gone"
    return f"{path} {state.st_size} {state.st_mtime_ns}"


def _refuse_size(size: tuple[int, int]) -> None:
    width, height = size
    if min(size) < SMALLEST:
        raise SourceError(f"it is {width} × {height} pixels; nobody can be seen in it")
    if width * height > LARGEST:
        raise SourceError(f"it is {width} × {height} pixels, which is no crop of a person")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen bits of grey scaled to eight: Pillow itself would cut them off at 255."""
    if image.mode.startswith("I;16") or image.mode == "I":
        values = np.asarray(image).astype(np.int64)
        deep = values.max(initial=0) > 255
        return Image.fromarray((values >> 8 if deep else values).clip(0, 255).astype(np.uint8))
    return image


def _reason(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "it is not there any more"
    try:
        if not path.stat().st_size:
            return "the file is empty"
    except OSError:
        return "it is not there any more"
    if isinstance(error, UnidentifiedImageError):
        return "it is no picture"
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return "it is far too large"
    return f"it cannot be decoded ({' '.join(str(error).split())[:80] or type(error).__name__})"
