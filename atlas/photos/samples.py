"""A photo's stored numbers in full, where Pillow keeps eight bits of each or reads none."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from frameatlas.photos.tiff_directories import PageFirst

DEEP, FLOATING = "rgba64le", "gbrpf32le"
"""FFmpeg's names of the pixels that ``decoded_samples`` gives: 16 bits, floating point."""

Samples = NDArray[np.uint16] | NDArray[np.float32]
"""Shape (height, width, 4), red, green, blue and alpha; or (height, width, 3)."""


def decoded_samples(
    file: Path | BinaryIO, reader: str, pixels: str, page: int = 0
) -> Samples | None:
    """Read a photo by FFmpeg's libraries.

    Args:
        file: The photo.
        reader: FFmpeg's name of the format.
        pixels: ``DEEP`` or ``FLOATING``.
        page: Of a TIFF, the number of the directory.

    Returns:
        Its numbers as they are stored; None where they do not read it.
    """
    import av

    try:
        with _given(file, page) as given, av.open(given, "r", format=reader) as container:
            frame = next(container.decode(video=0))
            values: Any = frame.to_ndarray(format=pixels)
            if pixels == DEEP:
                return np.asarray(values, np.uint16)
            return np.asarray(values, np.float32)
    except (av.error.FFmpegError, StopIteration, ValueError, OSError):
        return None


@contextmanager
def _given(file: Path | BinaryIO, page: int) -> Iterator[BinaryIO | PageFirst]:
    """What FFmpeg's libraries read; they read the first page of a TIFF."""
    with ExitStack() as stack:
        opened = stack.enter_context(file.open("rb")) if isinstance(file, Path) else file
        opened.seek(0)
        yield PageFirst(opened, page) if page else opened


def both_bytes(file: Path | BinaryIO, page: int) -> NDArray[np.uint16]:
    """Read a TIFF of colours of sixteen bits by Pillow, which gives eight at a time.

    Told the wrong order of bytes it gives the lower ones. Everything that its readers know is read
    so: tiles, predictors, each compression.

    Args:
        file: The photo.
        page: The number of the directory.

    Returns:
        uint16 of shape (height, width, 4), as it is shown: Pillow turns TIFFs itself. Colours stay
        multiplied with alpha where they are stored so.
    """
    upper, lower = (_bytes(file, page, swapped=swapped) for swapped in (False, True))
    values = upper.astype(np.uint16)
    values <<= 8
    values |= lower
    return values


def _bytes(file: Path | BinaryIO, page: int, *, swapped: bool) -> NDArray[np.uint8]:
    from PIL import Image, TiffImagePlugin

    if not isinstance(file, Path):
        file.seek(0)
    with Image.open(file, formats=["TIFF"]) as image:
        assert isinstance(image, TiffImagePlugin.TiffImageFile)
        image.seek(page)
        # Pillow maps files into memory in ways that get the size of turned pictures wrong.
        image.filename = ""
        image.tile = [tile._replace(args=_raw(tile.args, swapped=swapped)) for tile in image.tile]
        image.load()
        with_alpha = image if image.mode == "RGBA" else image.convert("RGBA")
        return np.asarray(with_alpha, np.uint8)


def _raw(given: Any, *, swapped: bool) -> Any:
    """Arguments of Pillow's decoder, with another order of bytes, and alpha left alone."""
    if not isinstance(given, tuple):
        return given
    mode = str(given[0]).replace("RGBa", "RGBA")
    if swapped:
        native = "16L" if sys.byteorder == "little" else "16B"
        mode = mode.replace("16N", native)
        mode = mode.replace("16L", "16?").replace("16B", "16L").replace("16?", "16B")
    return (mode, *given[1:])
