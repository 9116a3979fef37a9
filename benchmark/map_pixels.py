"""Frames to lay out that no network has described: bare pixels of real clips, and of people.

Made by FFmpeg alone from what is in the folder of data, so that whoever measures maps has data of
other kinds at hand: classes are the clips' sources, or persons.
"""

import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmark.players_footage import people
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg

CLIP_FOLDERS = ("clips", "near")
PEOPLE_FOLDER = "people"

CLIP_SIDE = 16
"""Pixels of a side to which a clip's frame is scaled."""

CLIP_RATE = 3
"""Frames a second that are looked at."""

LONGEST = 40
"""Seconds of each clip that are looked at: else one of 140 would be a quarter of all frames."""

CROP = (16, 32)
"""Width and height to which a person's box is scaled."""

EVERY = 2
"""Of ten pictures a second of the people, so many in one."""

Pixels = tuple[NDArray[np.float32], NDArray[np.int64]]


def clip_pixels(shared: Path) -> Pixels:
    """Frames of all clips and the numbers of their sources.

    Args:
        shared: Holds ``clips`` and ``near``.

    Returns:
        float32 of shape (n, 768), 0 to 1, and int64 of shape (n,).
    """
    there = [path for name in CLIP_FOLDERS for path in (shared / name).iterdir()]
    paths = sorted(path for path in there if path.is_file())
    frames = [_frames(path) for path in paths]
    numbers = np.repeat(np.arange(len(paths)), [len(rows) for rows in frames])
    return _shares(np.concatenate(frames)), numbers.astype(np.int64)


def people_pixels(shared: Path) -> Pixels:
    """Crops of people who walk over a square, and who each shows.

    Args:
        shared: Holds ``people``.

    Returns:
        float32 of shape (n, 1536), 0 to 1, and int64 of shape (n,).
    """
    (filmed,) = people(shared / PEOPLE_FOLDER).cameras
    boxes = filmed.boxes
    crops: list[NDArray[np.uint8]] = []
    persons: list[int] = []
    wanted = [int(number) for number in np.unique(boxes.frame) if number % EVERY == 0]
    for picture in filmed.pictures.pictures(wanted):
        image = Image.fromarray(picture.pixels)
        for row in np.flatnonzero(boxes.frame == picture.number):
            left, top, width, height = boxes.box[row]
            cut = image.crop((left, top, left + width, top + height))
            crops.append(np.asarray(cut.resize(CROP, Image.Resampling.BOX)))
            persons.append(int(filmed.identity[row]))
    rows = np.stack(crops).reshape(len(crops), -1)
    return _shares(rows), np.array(persons, np.int64)


def _shares(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(pixels, np.float32) / np.float32(255)


def _frames(path: Path) -> NDArray[np.uint8]:
    """Frames of a clip, scaled to a small square: uint8 of shape (n, 3 · ``CLIP_SIDE``²)."""
    command = [find_ffmpeg().path, "-nostdin", "-loglevel", "error", "-threads", "1"]
    command += ["-t", str(LONGEST), "-i", f"file:{path}", "-an", "-vf"]
    command += [f"fps={CLIP_RATE},scale={CLIP_SIDE}:{CLIP_SIDE}:flags=area"]
    command += ["-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    decoded = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(decoded, np.uint8).reshape(-1, 3 * CLIP_SIDE**2)
