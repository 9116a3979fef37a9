"""Which format a file's ending means, what it can hold, and writing it in one step."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from frameatlas.drawing.compose import Picture
from frameatlas.errors import InputError
from frameatlas.poster.formats.image_info import PictureShape
from frameatlas.poster.formats.jpeg import write_jpeg
from frameatlas.poster.formats.pdf import write_pdf
from frameatlas.poster.formats.png import write_png
from frameatlas.poster.formats.tiff import write_tiff
from frameatlas.poster.formats.webp import write_webp
from frameatlas.store.atomic import translate_os_errors
from frameatlas.store.atomic_file import fresh_file


class Writer(Protocol):
    """Writes the rows of a picture to an open file."""

    def __call__(  # noqa: D102 - the class says it
        self, file: BinaryIO, shape: PictureShape, bands: Iterable[Picture], jobs: int, /
    ) -> None: ...


@dataclass(frozen=True)
class Format:
    """A kind of picture file.

    Attributes:
        name: As people call it.
        longest: Most pixels a side.
        write: What writes it.
    """

    name: str
    longest: int
    write: Writer


def _webp(file: BinaryIO, shape: PictureShape, bands: Iterable[Picture], jobs: int, /) -> None:
    del jobs
    write_webp(file, shape, bands)


_JPEG = Format("JPEG", 65_535, write_jpeg)
_TIFF = Format("TIFF", 2**31 - 1, partial(write_tiff, big=False))
_BIG_TIFF = Format("BigTIFF", 2**31 - 1, partial(write_tiff, big=True))
FORMATS = {
    ".png": Format("PNG", 2**31 - 1, write_png),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".webp": Format("WebP", 16_383, _webp),
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".btf": _BIG_TIFF,
    ".tf8": _BIG_TIFF,
    ".pdf": Format("PDF", 2**31 - 1, write_pdf),
}
"""By ending. TIFF becomes BigTIFF by itself where it must."""


def format_of(path: Path) -> Format:
    """The format that a file's ending means.

    Raises:
        InputError: It means none that we write.
    """
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        raise InputError(
            f"Expected a file that ends in {', '.join(FORMATS)}. Received: {path}; choose one of "
            "these with -o."
        ) from None


def check_fits(path: Path, width: int, height: int) -> None:
    """Refuse a picture that its format cannot hold.

    Raises:
        InputError: A side is too long; the message says what to do.
    """
    kind = format_of(path)
    if max(width, height) > kind.longest:
        raise InputError(
            f"Expected at most {kind.longest} pixels a side in {kind.name}. Received: {width} × "
            f"{height}; choose fewer cells, a smaller --tile-height, or a .png, .tif or .pdf."
        )


def check_place(path: Path) -> None:
    """Refuse an output that cannot be written, before any work is done.

    Raises:
        InputError: Its folder does not exist or may not be written, or it is a folder.
    """
    format_of(path)
    if path.is_dir():
        raise InputError(f"Expected a file to write. Received: the folder {path}; name a file.")
    if not path.parent.is_dir():
        raise InputError(
            f"Expected the folder {path.parent} to exist. Received: none of that name; make it "
            "first, or choose another output with -o."
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise InputError(
            f"Expected to be allowed to write in {path.parent.resolve()}. Received: a read-only "
            "folder; choose another output with -o."
        )


def write_picture(path: Path, shape: PictureShape, bands: Iterable[Picture], jobs: int) -> None:
    """Write a picture beside its place and put it there when it is whole.

    Args:
        path: Its file; the ending says the format.
        shape: Size, resolution and quality.
        bands: All rows in order, each uint8 of shape (rows, width, 3), RGB.
        jobs: Threads that encode.

    Raises:
        InputError: The folder may not be written.
        SpaceError: The disk is full.
    """
    with translate_os_errors(path), fresh_file(path) as file:
        format_of(path).write(file, shape, bands, jobs)
