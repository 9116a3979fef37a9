"""Frames to features: one or two square crops of each, described by a network.

Each crop is a square whose side is the picture's short side, at one end of its long side: left
and right of a wide picture, top and bottom of a tall one. They overlap in the middle, which does
no harm. A picture longer than 2:1 is squeezed to 2:1, so that no pixel is missed; a square one is
described once and its features are written twice. Where one crop is wanted, it is the middle.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from frameatlas.embedder.describe.descriptor import Descriptor
from frameatlas.embedder.describe.weights import CROP_SIDE
from frameatlas.errors import FormatError, WeightsError

Crops: TypeAlias = NDArray[np.uint8]
"""uint8 of shape (m, side, side, 3), RGB: what every network takes."""

Region: TypeAlias = tuple[float, float, float, float]
"""left, top, right, bottom in pixels."""

CROPPING_THREADS = 4
"""Pillow lets go of the interpreter while it resizes; with a GPU one thread would be too slow."""

# Most crops go from 300 to 299 pixels. There the phase between the two grids drifts by one pixel
# over the crop, and a triangle (BILINEAR) would blur its middle and leave its edges sharp;
# BICUBIC keeps both more alike. Like all of Pillow's filters here it widens with the scale, which
# is the antialiasing. LANCZOS was not tried.
FILTER = Image.Resampling.BICUBIC


def describe_frames(
    descriptor: Descriptor, pixels: NDArray[np.uint8], box: NDArray[np.int32]
) -> NDArray[np.float16]:
    """Features of frames: those of the first crop, then those of the second.

    Args:
        descriptor: The network.
        pixels: uint8 of shape (n, height, width, 3), RGB.
        box: int32 of shape (n, 4): x, y, width, height of the part of each frame that is picture.

    Returns:
        float16 of shape (n, crops × width), finite; 4096 by Xception.
    """
    crops, index = square_crops(pixels, box, descriptor.side, descriptor.crops)
    features = descriptor.describe(crops)
    with np.errstate(over="ignore"):  # an overflow becomes an infinity, named just below
        halves = features.astype(np.float16)
    if not np.isfinite(halves).all():
        raise WeightsError(
            "Expected finite features that float16 can hold. Received: NaN or infinity from "
            f"{descriptor.name} ({descriptor.identity}); try other --weights or another --engine."
        )
    return halves[index].reshape(len(pixels), descriptor.crops * descriptor.width)


def square_crops(
    pixels: NDArray[np.uint8], box: NDArray[np.int32], side: int = CROP_SIDE, count: int = 2
) -> tuple[Crops, NDArray[np.int64]]:
    """Cut every frame's picture into squares.

    Args:
        pixels: uint8 of shape (n, height, width, 3), RGB.
        box: int32 of shape (n, 4): x, y, width, height in pixels; at least 1 × 1, inside the frame.
        side: Width and height of a crop in pixels.
        count: Squares of each frame: 2, one at each end, or 1, the middle.

    Returns:
        The crops, uint8 of shape (m, side, side, 3) with n ≤ m ≤ count n in the frames' order, and
        an int64 array of shape (n, count): which crop is each frame's first, and second, half.
    """
    check_boxes(pixels, box)
    regions_of = crop_regions if count == 2 else middle_region
    regions = [regions_of(int(width), int(height)) for _, _, width, height in box]
    counts = np.array([len(of_frame) for of_frame in regions], np.int64)
    first = np.cumsum(counts) - counts
    crops = np.empty((int(counts.sum()), side, side, 3), np.uint8)

    def cut(frame: int) -> None:
        picture = picture_of(pixels[frame], box[frame])
        for offset, region in enumerate(regions[frame]):
            crop = picture.resize((side, side), FILTER, box=region)
            crops[first[frame] + offset] = np.asarray(crop)

    with ThreadPoolExecutor(CROPPING_THREADS, "crop") as pool:
        list(pool.map(cut, range(len(pixels))))
    return crops, np.stack([first, first + counts - 1][:count], axis=1)


def crop_regions(width: int, height: int) -> list[Region]:
    """The squares of a picture of this size: two, or one of a square picture.

    A region of a picture longer than 2:1 is half of it and no square: scaling it to one squeezes.
    """
    if width == height:
        return [(0, 0, width, height)]
    if width > height:
        side = max(height, width / 2)
        return [(0, 0, side, height), (width - side, 0, width, height)]
    side = max(width, height / 2)
    return [(0, 0, width, side), (0, height - side, width, height)]


def middle_region(width: int, height: int) -> list[Region]:
    """The square in the middle of a picture of this size."""
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    return [(left, top, left + side, top + side)]


def picture_of(frame: NDArray[np.uint8], box: NDArray[np.int32]) -> Image.Image:
    """The part of a frame that is picture, on its own.

    Cut out first, because a filter's support reaches past the region that Pillow is asked for,
    and the padding beside the picture would bleed into the crop.
    """
    x, y, width, height = (int(value) for value in box)
    return Image.fromarray(np.ascontiguousarray(frame[y : y + height, x : x + width]))


def check_boxes(pixels: NDArray[np.uint8], box: NDArray[np.int32]) -> None:
    """See that there is one box a frame, with at least one pixel, inside the frame."""
    if pixels.ndim != 4 or pixels.shape[3] != 3 or pixels.dtype != np.uint8:
        raise FormatError(
            "Expected frames as uint8 of shape (n, height, width, 3). "
            f"Received: {pixels.dtype} of shape {pixels.shape}."
        )
    if box.shape != (len(pixels), 4):
        raise FormatError(
            f"Expected boxes of shape ({len(pixels)}, 4), one a frame. Received: {box.shape}."
        )
    x, y, width, height = box.astype(np.int64).T
    inside = (x >= 0) & (y >= 0) & (width >= 1) & (height >= 1)
    inside &= (x + width <= pixels.shape[2]) & (y + height <= pixels.shape[1])
    if not inside.all():
        wrong = box[~inside][0].tolist()
        raise FormatError(
            "Expected every box to hold at least one pixel and to lie inside frames of "
            f"{pixels.shape[2]} × {pixels.shape[1]}. Received: {wrong}."
        )
