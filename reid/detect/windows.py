"""Windows of a picture that a detector looks at: the whole, and overlapping parts of it.

A network sees some 300 pixels; people who are small in the picture are found in windows in which
they are larger. Neighbouring windows share more than a person's size, so everybody is whole in one.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from frameatlas.reid.detect.detector import Detector, Found
from frameatlas.reid.detect.suppression import joined

OVERLAP = 1.25
"""Heights of a person by which neighbouring windows overlap."""

MOST_ROWS = 6
GREY = 114
"""What fills pictures up where a detector keeps their aspect, as YOLOX was trained."""

_STRETCHED = 4 / 3
"""Shape of most of the pictures that a detector was trained on, all stretched to one."""

_BORDER = 0.02
"""Share of a window beside its edge: a box that reaches into it may be part of a person."""


def windows_of(size: tuple[int, int], person: float, detector: Detector) -> NDArray[np.int64]:
    """The windows for people of some size.

    Args:
        size: Width and height of the picture in pixels.
        person: Height of people in pixels; 0 for the whole picture alone.
        detector: What is to look at them.

    Returns:
        int64 of shape (w, 4): left, top, width, height; the first is the whole picture.
    """
    width, height = size
    whole = [(0, 0, width, height)]
    wanted = person / detector.least_share if person else height
    if person <= 0 or wanted >= 0.8 * height:
        return np.array(whole, np.int64)
    high = max(wanted, 1.6 * OVERLAP * person, height / MOST_ROWS)
    shape = detector.size[0] / detector.size[1] * (1 if detector.keeps_aspect else _STRETCHED)
    wide = min(width, round(high * shape))
    high = min(height, round(high))
    lefts = _starts(width, wide, 0.6 * OVERLAP * person)
    tops = _starts(height, high, OVERLAP * person)
    return np.array([*whole, *((x, y, wide, high) for y in tops for x in lefts)], np.int64)


def _starts(length: int, part: int, shared: float) -> list[int]:
    """Where parts begin that cover a length, neighbours sharing at least so many pixels."""
    if part >= length:
        return [0]
    number = int(np.ceil((length - shared) / max(1.0, part - shared)))
    return [round(start) for start in np.linspace(0, length - part, max(2, number))]


def detect_people(
    picture: NDArray[np.uint8], windows: NDArray[np.int64], detector: Detector, least: float
) -> Found:
    """People in one picture, seen through all windows and counted once.

    Args:
        picture: uint8 of shape (height, width, 3), RGB.
        windows: As ``windows_of`` gives them.
        detector: What looks.
        least: How sure it has to be.
    """
    image = Image.fromarray(picture)
    seen = np.stack([_fitted(image, window, detector) for window in windows.tolist()])
    found = detector.detect(seen, least)
    height, width = picture.shape[:2]
    boxes, sure, whole = [], [], []
    for window, (box, confidence) in zip(windows.tolist(), found, strict=True):
        placed = _placed(box, window, detector)
        boxes.append(placed)
        sure.append(confidence)
        whole.append(_is_whole(placed, window, (width, height)))
    return joined(np.concatenate(boxes), np.concatenate(sure), np.concatenate(whole))


def _fitted(image: Image.Image, window: list[int], detector: Detector) -> NDArray[np.uint8]:
    """A window as the detector sees it."""
    left, top, width, height = window
    place = (left, top, left + width, top + height)
    if not detector.keeps_aspect:
        scaled = image.resize(detector.size, Image.Resampling.BILINEAR, place, reducing_gap=2.0)
        return np.asarray(scaled, np.uint8)
    scale = _scale(window, detector)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    filled = np.full((detector.size[1], detector.size[0], 3), GREY, np.uint8)
    scaled = image.resize(size, Image.Resampling.BILINEAR, place, reducing_gap=2.0)
    filled[: size[1], : size[0]] = np.asarray(scaled)
    return filled


def _scale(window: list[int], detector: Detector) -> float:
    return min(detector.size[0] / window[2], detector.size[1] / window[3])


def _placed(box: NDArray[np.float64], window: list[int], detector: Detector) -> NDArray[np.float64]:
    """Boxes of a window as boxes of the picture."""
    if detector.keeps_aspect:
        scale = np.full(2, 1 / _scale(window, detector))
    else:
        scale = np.array([window[2] / detector.size[0], window[3] / detector.size[1]])
    first = np.clip(box[:, :2] * scale, 0, window[2:])
    last = np.clip((box[:, :2] + box[:, 2:]) * scale, 0, window[2:])
    return np.concatenate([first + window[:2], last - first], axis=1)


def _is_whole(
    box: NDArray[np.float64], window: list[int], size: tuple[int, int]
) -> NDArray[np.bool_]:
    """Which boxes do not reach an edge of their window that lies inside the picture."""
    left, top, width, height = window
    x, y = _BORDER * width, _BORDER * height
    cut = (box[:, 0] < left + x) & (left > 0)
    cut |= (box[:, 1] < top + y) & (top > 0)
    cut |= (box[:, 0] + box[:, 2] > left + width - x) & (left + width < size[0])
    cut |= (box[:, 1] + box[:, 3] > top + height - y) & (top + height < size[1])
    return ~cut


def person_height(
    pictures: Iterable[NDArray[np.uint8]], detector: Detector, least: float = 0.5
) -> float:
    """How high people are in some pictures, in pixels: a low fourth of them; 0 where none is found.

    Looked for in windows of several sizes, the smallest of which is a fifth of a picture high.
    """
    heights: list[float] = []
    for picture in pictures:
        high, wide = picture.shape[:2]
        for part in (1.0, 0.5, 0.3):
            windows = windows_of((wide, high), part * high * detector.least_share, detector)
            box, _ = detect_people(picture, windows if part < 1 else windows[:1], detector, least)
            heights += (box[:, 3]).tolist()
    return float(np.percentile(heights, 25)) if heights else 0.0
