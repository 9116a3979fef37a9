"""People are looked for in a whole video; what is found is kept, some frames at a time.

A run that is killed goes on behind the last part that was kept: a part is whole or not there.
"""

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.progress import Progress, Stopped
from frameatlas.reid.crops.colour_histogram import COLOURS, torso_colour
from frameatlas.reid.detect.camera_motion import shift_between, small_grey
from frameatlas.reid.detect.detections import Detections
from frameatlas.reid.detect.detector import Detector
from frameatlas.reid.detect.windows import detect_people, person_height, windows_of
from frameatlas.reid.tracks.frame_reader import Picture, Pictures
from frameatlas.reid.tracks.picture_size import picture_size
from frameatlas.store.atomic import translate_os_errors
from frameatlas.store.digests import text_digest

PART = 200
"""Frames of a part: at most so many are looked at again after a kill."""

PART_SECONDS = 30.0
"""Seconds after which a part ends, however few frames it has: a kill costs no more than that."""

LEAST = 0.15
"""Confidence of boxes that are kept."""

_VERSION = "1: whole and windows, torso colours, phase correlation"
_SAMPLE, _SAMPLE_REACH = 6, 1500
_MOST_FRAMES = 1_000_000


@dataclass(frozen=True, eq=False)
class SearchPlan:
    """What is to be looked at.

    Attributes:
        frames: Numbers of the frames, ascending, from 1.
        windows: int64 of shape (w, 4): as ``windows.windows_of`` gives them.
        person: Height of people in pixels; 0 where none was found.
    """

    frames: Sequence[int]
    windows: NDArray[np.int64]
    person: float


def plan_search(pictures: Pictures, detector: Detector, every: int) -> SearchPlan:
    """Look at a few frames for how large people are.

    Args:
        pictures: The video.
        detector: What looks.
        every: Of how many frames one is looked at.
    """
    frames = range(1, (pictures.count or _MOST_FRAMES) + 1, every)
    reach = min(len(frames), max(1, _SAMPLE_REACH // every))
    chosen = sorted({frames[int(k)] for k in np.linspace(0, reach - 1, _SAMPLE)})
    person = person_height((p.pixels for p in pictures.pictures(chosen)), detector)
    return SearchPlan(frames, windows_of(picture_size(pictures), person, detector), person)


def search_id(pictures: Pictures, detector: Detector, every: int) -> str:
    """16 hexadecimal digits that stand for all that detections depend on."""
    parts = [_VERSION, pictures.digest, detector.identity, str(every)]
    return text_digest("\n".join(parts))[:16]


def search_video(
    pictures: Pictures,
    detector: Detector,
    plan: SearchPlan,
    folder: Path,
    progress: Progress,
    stopped: Stopped,
) -> Detections:
    """Find people in a video, or go on where an interrupted run ended.

    Args:
        pictures: The video.
        detector: What looks.
        plan: At what.
        folder: Where the parts are kept; removed by ``forget_parts`` when all are there.
        progress: Told how many frames are done.
        stopped: True once the user wants the run to stop.

    Raises:
        InterruptedIndexError: The user stopped it; the parts stay.
        SourceError: Not one frame can be decoded.
    """
    parts = _kept_parts(folder)
    done = sum(len(part.looked) for part in parts)
    grey = _before(pictures, parts)
    progress.stage("detecting", len(plan.frames) if pictures.count else None, "frames", done)
    coming = _counted(pictures.pictures(plan.frames[done:]), done, progress)
    while True:
        part, grey = _look(islice(coming, PART), detector, plan, grey, stopped)
        if not len(part.looked):
            break
        part.save(folder / f"{len(parts):06d}.h5")
        parts.append(part)
        done += len(part.looked)
        if stopped():
            raise InterruptedIndexError("The run was stopped; run it again to go on.")
    if not done:
        raise SourceError(
            f"Expected pictures in {pictures.path}. Received: none that can be decoded."
        )
    return Detections.joined(parts)


def frames_kept(folder: Path) -> int:
    """Frames that an interrupted run has looked at."""
    return sum(len(part.looked) for part in _kept_parts(folder))


def _counted(pictures: Iterator[Picture], done: int, progress: Progress) -> Iterator[Picture]:
    """Pictures, each told as done when the next one is asked for."""
    for picture in pictures:
        yield picture
        done += 1
        progress.step(done)


def forget_parts(folder: Path) -> None:
    """Remove the parts: all of them are in one file."""
    with translate_os_errors(folder):
        shutil.rmtree(folder, ignore_errors=True)


def _kept_parts(folder: Path) -> list[Detections]:
    """Whole parts from the first on; those behind a gap are of no use."""
    parts: list[Detections] = []
    while (part := Detections.load(folder / f"{len(parts):06d}.h5")) is not None:
        parts.append(part)
    return parts


def _before(pictures: Pictures, parts: Sequence[Detections]) -> NDArray[np.float32] | None:
    """What the last frame of an earlier run looked like."""
    if not parts:
        return None
    last = int(parts[-1].looked[-1])
    return next((small_grey(picture.pixels) for picture in pictures.pictures([last])), None)


def _look(
    pictures: Iterator[Picture],
    detector: Detector,
    plan: SearchPlan,
    grey: NDArray[np.float32] | None,
    stopped: Stopped,
) -> tuple[Detections, NDArray[np.float32] | None]:
    """The detections of some frames, and what the last of them looked like."""
    looked, motion, frames, boxes, sure, colours = [], [], [], [], [], []
    begun = time.monotonic()
    for picture in pictures:
        now = small_grey(picture.pixels)
        size = (picture.pixels.shape[1], picture.pixels.shape[0])
        motion.append((0.0, 0.0) if grey is None else shift_between(grey, now, size))
        grey = now
        box, confidence = detect_people(picture.pixels, plan.windows, detector, LEAST)
        looked.append(picture.number)
        frames += [picture.number] * len(box)
        boxes.append(box)
        sure.append(confidence)
        colours += [_torso(picture.pixels, one) for one in box]
        if stopped() or time.monotonic() - begun >= PART_SECONDS:
            break
    return (
        Detections(
            np.array(looked, np.int64),
            np.array(motion, np.float64).reshape(-1, 2),
            np.array(frames, np.int64),
            np.concatenate([np.zeros((0, 4)), *boxes]),
            np.concatenate([np.zeros(0), *sure]),
            np.array(colours, np.float32).reshape(-1, COLOURS),
        ),
        grey,
    )


def _torso(picture: NDArray[np.uint8], box: NDArray[np.float64]) -> NDArray[np.float32]:
    height, width = picture.shape[:2]
    left, top = int(np.clip(box[0], 0, width - 1)), int(np.clip(box[1], 0, height - 1))
    right, bottom = int(np.ceil(box[0] + box[2])), int(np.ceil(box[1] + box[3]))
    return torso_colour(picture[top : max(bottom, top + 1), left : max(right, left + 1)])
