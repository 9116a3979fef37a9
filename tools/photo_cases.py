"""The kinds of photo that `photo_matrix` makes: how each is written, and what must be seen."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms

RED, LIME, BLUE, WHITE = (250, 0, 0), (0, 250, 0), (0, 0, 250), (255, 255, 255)
DARK, MIDDLE, LIGHT = (0, 0, 0), (85, 85, 85), (170, 170, 170)
SIZE = (160, 120)

Corners = tuple[tuple[int, int, int], ...]
"""Colours at the top left, top right, bottom left and bottom right."""


@dataclass(frozen=True)
class PhotoCase:
    """One photo.

    Attributes:
        topic: What varies: "format", "orientation", …
        name: What a person calls it.
        suffix: The file's, without the dot.
        write: Writes it.
        corners: What is seen in its corners, on every page.
        shown: Width and height as shown.
        pages: How many frames it gives.
    """

    topic: str
    name: str
    suffix: str
    write: Callable[[Path], None]
    corners: Corners = (RED, LIME, BLUE, WHITE)
    shown: tuple[int, int] = SIZE
    pages: int = 1


def quadrants() -> Image.Image:
    """Red, lime, blue and white, row by row."""
    image = Image.new("RGB", SIZE)
    w, h = SIZE[0] // 2, SIZE[1] // 2
    for x, y, colour in ((0, 0, RED), (w, 0, LIME), (0, h, BLUE), (w, h, WHITE)):
        image.paste(colour, (x, y, x + w, y + h))
    return image


def _saved(mode: str = "RGB", **options: Any) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        quadrants().convert(mode).save(path, **options)

    return write


def _formats() -> list[PhotoCase]:
    fine = {"quality": 100, "subsampling": 0}
    kinds: list[tuple[str, str, dict[str, Any]]] = [
        ("JPEG", "jpg", fine),
        ("JPEG, progressive", "jpg", {**fine, "progressive": True}),
        ("PNG", "png", {}),
        ("WebP", "webp", {"quality": 95}),
        ("WebP, lossless", "webp", {"lossless": True}),
        ("AVIF", "avif", {"quality": 95}),
        ("TIFF", "tif", {}),
        ("TIFF, LZW", "tif", {"compression": "tiff_lzw"}),
        ("TIFF, deflate", "tif", {"compression": "tiff_deflate"}),
        ("TIFF, JPEG", "tif", {"compression": "jpeg", "quality": 98}),
        ("BMP", "bmp", {}),
        ("GIF", "gif", {}),
        ("JPEG 2000", "jp2", {}),
        ("PPM", "ppm", {}),
    ]
    return [PhotoCase("format", name, suffix, _saved(**more)) for name, suffix, more in kinds]


def _turned() -> list[PhotoCase]:
    corners: dict[int, Corners] = {
        1: (RED, LIME, BLUE, WHITE),
        2: (LIME, RED, WHITE, BLUE),
        3: (WHITE, BLUE, LIME, RED),
        4: (BLUE, WHITE, RED, LIME),
        5: (RED, BLUE, LIME, WHITE),
        6: (BLUE, RED, WHITE, LIME),
        7: (WHITE, LIME, BLUE, RED),
        8: (LIME, WHITE, RED, BLUE),
    }
    found = []
    for suffix, name in (
        ("jpg", "JPEG"),
        ("tif", "TIFF"),
        ("png", "PNG"),
        ("webp", "WebP"),
        ("avif", "AVIF"),
    ):
        for number, seen in corners.items():
            exif = Image.Exif()
            exif[0x0112] = number
            more = {"lossless": True} if suffix == "webp" else {"quality": 100, "subsampling": 0}
            more = {"quality": 95} if suffix == "avif" else more
            more = {} if suffix in ("png", "tif") else more
            write = _saved(exif=exif, **more)
            shown = SIZE if number < 5 else SIZE[::-1]
            case = PhotoCase("orientation", f"{name}, EXIF {number}", suffix, write, seen, shown)
            found.append(case)
    return found


def _modes() -> list[PhotoCase]:
    grey: Corners = ((75, 75, 75), (147, 147, 147), (28, 28, 28), WHITE)
    found = [
        PhotoCase("pixels", "grey, 8 bits", "png", _saved("L"), grey),
        PhotoCase("pixels", "palette", "png", _saved("P")),
        PhotoCase("pixels", "CMYK, JPEG", "jpg", _saved("CMYK", quality=100)),
        PhotoCase("pixels", "CMYK, TIFF", "tif", _saved("CMYK")),
        PhotoCase("pixels", "YCbCr, TIFF", "tif", _saved("YCbCr")),
        PhotoCase("pixels", "CIELab, TIFF", "tif", _lab),
        PhotoCase("pixels", "bitmap", "png", _bitmap, (DARK, WHITE, WHITE, DARK)),
    ]
    steps: Corners = (DARK, MIDDLE, LIGHT, WHITE)
    for suffix in ("png", "tif"):
        for bits in range(9, 17):
            name = f"grey, {bits} bits in 16, {suffix.upper()}"
            found.append(PhotoCase("pixels", name, suffix, _deep(bits), steps))
    found.append(PhotoCase("pixels", "grey, 32 bits, TIFF", "tif", _deep(32), steps))
    found.append(PhotoCase("pixels", "grey, floating point, TIFF", "tif", _floating, steps))
    return found


def _four(values: tuple[float, float, float, float], kind: type) -> Image.Image:
    w, h = SIZE[0] // 2, SIZE[1] // 2
    table = np.array(values, np.float64).reshape(2, 2)
    return Image.fromarray(np.kron(table, np.ones((h, w))).astype(kind))


def _deep(bits: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        top = min(2**bits, 2**31) - 1
        steps = (0, top / 3, 2 * top / 3, top)
        _four(steps, np.uint16 if bits <= 16 else np.int32).save(path)

    return write


def _floating(path: Path) -> None:
    _four((0, 1 / 3, 2 / 3, 1), np.float32).save(path)


def _bitmap(path: Path) -> None:
    _four((0, 255, 255, 0), np.uint8).convert("1").save(path)


def _lab(path: Path) -> None:
    lab, standard = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    made = ImageCms.buildTransform(standard, lab, "RGB", "LAB")
    changed = ImageCms.applyTransform(quadrants(), made)
    assert changed is not None
    changed.save(path)


def _hidden(**options: Any) -> Callable[[Path], None]:
    """The white corner is transparent, and hides magenta."""

    def write(path: Path) -> None:
        image = quadrants().convert("RGBA")
        image.paste((200, 0, 200, 0), (SIZE[0] // 2, SIZE[1] // 2, *SIZE))
        image.save(path, **options)

    return write


def _others() -> list[PhotoCase]:
    return [
        PhotoCase("transparency", "PNG", "png", _hidden()),
        PhotoCase("transparency", "WebP", "webp", _hidden(lossless=True, exact=True)),
        PhotoCase("transparency", "TIFF", "tif", _hidden()),
        PhotoCase("transparency", "AVIF", "avif", _hidden(quality=95)),
        PhotoCase("transparency", "JPEG 2000", "jp2", _hidden()),
        PhotoCase("transparency", "QOI", "qoi", _hidden()),
        PhotoCase("pages", "six of a TIFF", "tif", _pages, pages=6),
        PhotoCase("shape", "twice as long as wide", "png", _long(2), shown=(160, 320)),
        PhotoCase("shape", "panorama, 8:1", "png", _wide, shown=(960, 120)),
    ]


def _pages(path: Path) -> None:
    quadrants().save(path, save_all=True, append_images=[quadrants() for _ in range(5)])


def _long(times: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        quadrants().resize((160, 160 * times), Image.Resampling.NEAREST).save(path)

    return write


def _wide(path: Path) -> None:
    quadrants().resize((960, 120), Image.Resampling.NEAREST).save(path)


CASES = (*_formats(), *_turned(), *_modes(), *_others())
"""All of them; names are unique within a topic."""
