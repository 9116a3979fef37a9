"""Crops of people become frames: the same value as those of a video, each a person's box.

A frame is 128 × 256; the box is scaled into it, centred on black. The rest of the pipeline cannot
tell it from an upright video, and sees its top and its bottom square.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.frames import Frames
from frameatlas.reid.crops.colour_histogram import sharpness, torso_colour
from frameatlas.reid.crops.crop import HEIGHT, WIDTH, Box, Crop
from frameatlas.reid.crops.crop_table import CropTable
from frameatlas.reid.crops.earlier_crops import EarlierCrops, box_key
from frameatlas.reid.crops.selection import CropPlan
from frameatlas.reid.tracks.frame_reader import Picture, Pictures

_MEASURED = (32, 64)
"""Width and height at which sharpness is measured: a small crop has no fine detail to compare."""


class CropSink(Protocol):
    """Where crops go, one after the other; the embedder's sinks are such."""

    @property
    def count(self) -> int:
        """Crops stored so far, from an earlier interrupted run too."""

    def begin(self, width: int, height: int, time_base: Fraction) -> None:
        """Say the shape of all crops; once, before the first."""

    def append(
        self, pixels: bytes | bytearray | memoryview, pts: int, box: Box, name: str = ""
    ) -> None:
        """Store one crop of height × width × 3 bytes, RGB."""

    def stored(self, index: int) -> tuple[NDArray[np.uint8], int]:
        """A stored crop and its pts."""

    def restart(self) -> None:
        """Forget everything stored."""


def cut_crops(
    pictures: Pictures, plan: CropPlan, earlier: EarlierCrops | None = None
) -> Iterator[Crop]:
    """The crops of a plan, in its order; those of pictures that are not there are left out.

    Args:
        pictures: The video or sequence.
        plan: What to cut.
        earlier: Crops that need not be cut; where all are there, nothing is decoded.
    """
    keys = [box_key(*pair) for pair in zip(plan.frame, plan.box, strict=True)]
    old = [earlier is not None and key in earlier for key in keys]
    missing = np.unique(plan.frame[~np.array(old, bool)])
    coming = pictures.pictures([int(frame) for frame in missing]) if len(missing) else iter(())
    picture = next(coming, None)
    for row, (frame, key) in enumerate(zip(plan.frame, keys, strict=True)):
        if earlier is not None and old[row]:
            yield earlier.crop(key, row)
            continue
        while picture is not None and picture.number < frame:
            picture = next(coming, None)
        if picture is not None and picture.number == frame:
            crop = _cut_box(picture, plan.box[row], row)
            if crop is not None:
                yield crop


def read_crops(
    pictures: Pictures,
    plan: CropPlan,
    sink: CropSink,
    stopped: Callable[[], bool],
    earlier: EarlierCrops | None = None,
) -> CropTable:
    """Cut the crops of a plan into a sink, or go on where an interrupted run ended.

    Args:
        pictures: The video or sequence.
        plan: What to cut.
        sink: Gets the crops; those that it holds are cut again, compared, and not stored twice.
        stopped: True once the user wants the run to stop.
        earlier: Crops that need not be cut; hears which were taken, and for which place.

    Returns:
        What is known of each crop beside its pixels.

    Raises:
        SourceError: There is not one crop.
        InterruptedIndexError: The user stopped the run; what came is in the sink.
    """
    sink.begin(WIDTH, HEIGHT, pictures.time_base)
    known = sink.count
    measured: list[Crop] = []
    for crop in cut_crops(pictures, plan, earlier):
        if stopped():
            raise InterruptedIndexError("The run was stopped; run it again to go on.")
        place = len(measured)
        if place == known - 1 and not _equals(crop, *sink.stored(place)):
            sink.restart()
            return read_crops(pictures, plan, sink, stopped, earlier)
        if earlier is not None and crop.kept >= 0:
            earlier.taken[place] = crop.kept
        if place >= known:
            sink.append(crop.pixels.data.cast("B"), crop.pts, crop.box, crop.name)
        measured.append(_without_pixels(crop))
    if not measured:
        raise SourceError(
            "none of the boxes lies in a picture that can be decoded: are the tracks of this video?"
        )
    return _table(plan, measured)


def crops_as_frames(pictures: Pictures, plan: CropPlan) -> tuple[Frames, CropTable]:
    """All crops of a plan in memory: for a few hundred of them."""
    crops = list(cut_crops(pictures, plan))
    if not crops:
        raise SourceError(f"Expected crops from {pictures.path}. Received: none.")
    frames = Frames(
        np.stack([crop.pixels for crop in crops]),
        np.array([crop.pts for crop in crops], np.int64),
        pictures.time_base,
        np.array([crop.box for crop in crops], np.int32),
        tuple(crop.name for crop in crops) if crops[0].name else (),
    )
    return frames, _table(plan, crops)


def _cut_box(picture: Picture, box: NDArray[np.float64], row: int) -> Crop | None:
    """The crop of one box; None where less than a pixel of it is in the picture."""
    height, width = picture.pixels.shape[:2]
    left, top = np.maximum(box[:2] - 1, 0)  # boxes count pixels from 1
    right, bottom = np.minimum(box[:2] - 1 + box[2:], (width, height))
    x0, y0, x1, y1 = int(left), int(top), int(np.ceil(right)), int(np.ceil(bottom))
    if x1 <= x0 or y1 <= y0 or x0 >= width or y0 >= height:
        return None
    part = np.ascontiguousarray(picture.pixels[y0:y1, x0:x1])
    image = Image.fromarray(part)
    scale = min(WIDTH / image.width, HEIGHT / image.height)
    size = (
        min(WIDTH, max(1, round(scale * image.width))),
        min(HEIGHT, max(1, round(scale * image.height))),
    )
    x, y = (WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[y : y + size[1], x : x + size[0]] = np.asarray(
        image.resize(size, Image.Resampling.BICUBIC)
    )
    sharp = sharpness(np.asarray(image.resize(_MEASURED, Image.Resampling.BILINEAR), np.uint8))
    place = (x, y, *size)
    return Crop(row, picture.pts, picture.name, pixels, place, sharp, torso_colour(part))


def _equals(crop: Crop, pixels: NDArray[np.uint8], pts: int) -> bool:
    return crop.pts == pts and np.array_equal(crop.pixels, pixels)


def _without_pixels(crop: Crop) -> Crop:
    nothing = np.zeros((0, 0, 3), np.uint8)
    return Crop(crop.row, crop.pts, crop.name, nothing, crop.box, crop.sharpness, crop.colour)


def _table(plan: CropPlan, crops: list[Crop]) -> CropTable:
    rows = np.array([crop.row for crop in crops], np.int64)
    return CropTable(
        plan.frame[rows],
        plan.track[rows],
        plan.box[rows],
        plan.quality[rows],
        np.array([crop.sharpness for crop in crops], np.float32),
        np.stack([crop.colour for crop in crops]),
    )
