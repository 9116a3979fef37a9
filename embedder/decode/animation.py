"""Animations that FFmpeg gets wrong, by Pillow, at their own times: WebP, AVIF, PNG, JPEG XL.

Few releases of FFmpeg read animated WebP; of AVIF they give the still picture that stands for it,
and no transparency; of PNGs of sixteen bits with alpha the first picture. What they make of a JPEG
XL has no times that a probe could read.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.decode.frame_selection import KeepRule
from frameatlas.embedder.decode.jpeg_xl import animated_png
from frameatlas.embedder.media.frame_sink import FrameSettings, FrameSink, Outcome
from frameatlas.embedder.media.frame_size import frame_size
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.photos.jpeg_xl_head import is_animated_jpeg_xl
from frameatlas.photos.kinds import is_animated_avif, is_animated_webp, is_deep_animated_png
from frameatlas.photos.orientation import is_sideways, orientation_of, shown_size, turned
from frameatlas.photos.photo import open_photo
from frameatlas.photos.pixels import as_array, scaled_rgb
from frameatlas.progress import Stopped

if TYPE_CHECKING:
    from PIL.Image import Image

TIME_BASE = Fraction(1, 1000)
"""Pillow tells times in whole milliseconds."""

USUAL = 100
"""Milliseconds of a picture that says 0, as browsers show it."""

MOST_PIXELS = 40_000_000_000
"""Decoded for one animation, about ten minutes of computing: each picture costs its whole canvas,
in a few bytes of the file."""


def is_animation(path: Path) -> bool:
    """Whether a file holds pictures that follow each other in time, and is read here."""
    if is_animated_webp(path) or is_deep_animated_png(path) or is_animated_jpeg_xl(path):
        return True
    from PIL import features

    return is_animated_avif(path) and bool(features.check("avif"))


@dataclass(frozen=True)
class Animation:
    """An animation as its head describes it.

    Attributes:
        width: Pixels across.
        height: Pixels down.
        pictures: How many it holds.
        codec: What its pictures are packed by.
    """

    width: int
    height: int
    pictures: int
    codec: str


def look_at_animation(path: Path) -> Animation:
    """Size and number of pictures.

    Raises:
        SourceError: It cannot be opened; the message says why.
    """
    codec = "jpegxl" if is_animated_jpeg_xl(path) else ""
    with _opened(path) as (image, _):
        codec = codec or {"AVIF": "av1", "PNG": "apng"}.get(str(image.format), "webp")
        return Animation(*shown_size(image), len(_numbers(image)), codec)


def read_animation(
    path: Path, settings: FrameSettings, sink: FrameSink, *, stopped: Stopped
) -> Outcome:
    """Read an animation into a sink, from its beginning, as videos are read.

    Args:
        path: The file.
        settings: Frames a second and height.
        sink: Gets the frames, transparent parts on white.
        stopped: True once the user wants the run to stop.

    Raises:
        SourceError: Not one picture can be decoded.
        InterruptedIndexError: The user stopped the run.
    """
    sink.restart()
    rule = KeepRule(settings.fps, 0.0, TIME_BASE)
    end, damage = 0, ""
    try:
        with _opened(path) as (image, damage):
            width, height = frame_size(*shown_size(image), settings.height)
            sink.begin(width, height, TIME_BASE)
            previous: float | None = None
            for start, end, picture in _pictures(image, (width, height), stopped):
                seconds = start / 1000
                whole = rule.interval(end / 1000) > rule.interval(seconds) + 1
                if rule.keeps(seconds, previous) or whole:
                    previous = seconds
                    sink.append(picture.data.cast("B"), start, (0, 0, width, height))
    except SourceError as error:
        damage = str(error)
    if not sink.count:
        raise SourceError(damage or "no picture in it")
    return Outcome("damaged" if damage else "ok", damage, duration=end / 1000)


@contextmanager
def _opened(path: Path) -> "Iterator[tuple[Image, str]]":
    """The animation, and what of it is known to be missing."""
    if is_animated_jpeg_xl(path):
        with animated_png(path) as (made, missing), open_photo(made) as image:
            yield image, missing
        return
    with open_photo(path) as image:
        yield image, ""


def _numbers(image: "Image") -> range:
    """Which pictures of a file follow each other: in a PNG the first may stand for the others."""
    first = 1 if getattr(image, "default_image", False) else 0
    return range(first, getattr(image, "n_frames", 1))


def _pictures(
    image: "Image", size: tuple[int, int], stopped: Stopped
) -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
    """Beginning and end in milliseconds of each picture, and its pixels at a size."""
    start, decoded = 0, 0
    orientation = orientation_of(image)
    stored = size[::-1] if is_sideways(orientation) else size
    for number in _numbers(image):
        if stopped():
            raise InterruptedIndexError("The run was stopped.")
        decoded += image.width * image.height
        if decoded > MOST_PIXELS:
            raise SourceError("more pictures, or larger ones, than can be decoded in minutes")
        image.seek(number)
        image.load()
        length = image.info.get("duration") or USUAL
        end = start + max(1, math.ceil(float(length)))
        yield start, end, as_array(turned(scaled_rgb(image, stored), orientation))
        start = end
