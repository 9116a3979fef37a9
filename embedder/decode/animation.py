"""Animated WebP and AVIF by Pillow, at their own times.

Few releases of FFmpeg read the first; of the second they give the still picture that stands for it,
and no transparency.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.decode.frame_selection import KeepRule
from frameatlas.embedder.media.frame_sink import FrameSettings, FrameSink, Outcome
from frameatlas.embedder.media.frame_size import frame_size
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.photos.kinds import is_animated_avif, is_animated_webp
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
    """Whether a file holds pictures that follow each other in time, and Pillow reads it."""
    if is_animated_webp(path):
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
    """

    width: int
    height: int
    pictures: int


def look_at_animation(path: Path) -> Animation:
    """Size and number of pictures.

    Raises:
        SourceError: It cannot be opened; the message says why.
    """
    with open_photo(path) as image:
        return Animation(*shown_size(image), getattr(image, "n_frames", 1))


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
        with open_photo(path) as image:
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


def _pictures(
    image: "Image", size: tuple[int, int], stopped: Stopped
) -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
    """Beginning and end in milliseconds of each picture, and its pixels at a size."""
    start, decoded = 0, 0
    orientation = orientation_of(image)
    stored = size[::-1] if is_sideways(orientation) else size
    for number in range(getattr(image, "n_frames", 1)):
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
