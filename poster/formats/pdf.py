"""PDF of one page that is one picture, written as the rows arrive.

By hand, since Pillow wants the whole picture in memory and stores none of it without loss.
"""

import zlib
from collections.abc import Iterable
from typing import BinaryIO

from frameatlas.drawing.compose import Picture
from frameatlas.poster.formats.image_info import PictureShape
from frameatlas.poster.formats.jpeg import write_jpeg
from frameatlas.poster.formats.parallel_zlib import deflate
from frameatlas.poster.formats.srgb_profile import srgb_profile

LARGEST_JPEG = 65_535
"""Pixels a side up to which the picture is stored as JPEG; above it is stored without loss."""

LONGEST_PAGE = 14_400
"""Units a side that readers accept; a longer page's unit is made larger."""

_POINTS = 72
"""Of an inch."""


class _Objects:
    """The objects of a PDF file and where each begins.

    Args:
        file: Where they are written; it can tell its place.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.places: list[int] = []

    def begin(self) -> None:
        """Begin the next object; they count from 1."""
        self.places.append(self.file.tell())
        self.file.write(f"{len(self.places)} 0 obj\n".encode())

    def add(self, text: str, stream: bytes | None = None) -> None:
        """Write a whole object."""
        self.begin()
        self.file.write(text.encode())
        if stream is not None:
            self.file.write(b"\nstream\n" + stream + b"\nendstream")
        self.file.write(b"\nendobj\n")

    def finish(self) -> None:
        """Write the table of places."""
        start = self.file.tell()
        size = len(self.places) + 1
        lines = "".join(f"{place:010d} 00000 n \n" for place in self.places)
        self.file.write(f"xref\n0 {size}\n0000000000 65535 f \n{lines}".encode())
        self.file.write(f"trailer\n<< /Size {size} /Root 1 0 R >>\n".encode())
        self.file.write(f"startxref\n{start}\n%%EOF\n".encode())


def write_pdf(file: BinaryIO, shape: PictureShape, bands: Iterable[Picture], jobs: int) -> None:
    """Write a PDF file of one page.

    Args:
        file: Where to; it can tell its place.
        shape: Size, resolution, and quality where it is stored as JPEG.
        bands: All rows in order, each uint8 of shape (rows, width, 3), RGB.
        jobs: Threads.
    """
    wide, high = (side / shape.dpi * _POINTS for side in (shape.width, shape.height))
    unit = max(1.0, wide / LONGEST_PAGE, high / LONGEST_PAGE)
    wide, high = wide / unit, high / unit
    draw = f"q {wide:.4f} 0 0 {high:.4f} 0 0 cm /Poster Do Q".encode()
    profile = zlib.compress(srgb_profile(), 9)
    file.write(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n")
    objects = _Objects(file)
    objects.add("<< /Type /Catalog /Pages 2 0 R >>")
    objects.add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
    objects.add(
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide:.4f} {high:.4f}] /UserUnit {unit:.6f} "
        "/Contents 4 0 R /Resources << /XObject << /Poster 6 0 R >> >> >>"
    )
    objects.add(f"<< /Length {len(draw)} >>", draw)
    objects.add(f"<< /N 3 /Filter /FlateDecode /Length {len(profile)} >>", profile)
    _add_picture(objects, shape, bands, jobs)
    objects.finish()


def _add_picture(
    objects: _Objects, shape: PictureShape, bands: Iterable[Picture], jobs: int
) -> None:
    """Objects 6 and 7: the picture, and its length, which is known only afterwards."""
    lossy = max(shape.width, shape.height) <= LARGEST_JPEG
    packing = "/Filter /DCTDecode" if lossy else _png_rows(shape.width)
    objects.begin()
    objects.file.write(
        f"<< /Type /XObject /Subtype /Image /Width {shape.width} /Height {shape.height} "
        f"/ColorSpace [/ICCBased 5 0 R] /BitsPerComponent 8 {packing} /Length 7 0 R >>\n"
        "stream\n".encode()
    )
    start = objects.file.tell()
    if lossy:
        write_jpeg(objects.file, shape, bands, jobs)
    else:
        for piece in deflate(bands, jobs):
            objects.file.write(piece)
    length = objects.file.tell() - start
    objects.file.write(b"\nendstream\nendobj\n")
    objects.add(str(length))


def _png_rows(width: int) -> str:
    parameters = f"/Predictor 15 /Colors 3 /BitsPerComponent 8 /Columns {width}"
    return f"/Filter /FlateDecode /DecodeParms << {parameters} >>"
