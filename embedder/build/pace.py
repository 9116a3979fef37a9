"""How fast this machine decodes and describes: measured on the first files, in a few seconds."""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.decode.animation import is_animation
from frameatlas.embedder.decode.photos import PhotoFolder, read_photos
from frameatlas.embedder.decode.video import decode_unscanned
from frameatlas.embedder.describe.descriptor import Descriptor
from frameatlas.embedder.describe.features import describe_frames
from frameatlas.embedder.media.bounded_look import probe_within_limits
from frameatlas.embedder.media.frame_sink import Box, FrameSettings
from frameatlas.embedder.sources.tasks import PhotosTask, Task, VideoTask
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.processors import available_processors
from frameatlas.progress import Stopped

FILES = 3
"""Files that are looked into, spread over all that are to be read."""

ALL_SECONDS, KEY_SECONDS, PHOTO_SECONDS, DESCRIBE_SECONDS = 1.0, 0.7, 1.0, 4.0
"""Seconds of measuring: for each file twice, and for the network once; together below ten."""

AT_ONCE = 8
"""Frames described by one call."""


_T = TypeVar("_T")


@dataclass(frozen=True)
class Clock:
    """What time is measured by.

    Attributes:
        wall: Seconds on the clock.
        processor: Seconds of this process and its children.
    """

    wall: Callable[[], float]
    processor: Callable[[], float]


def _processor_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


THE_CLOCK = Clock(time.monotonic, _processor_seconds)


@dataclass(frozen=True)
class Pace:
    """How fast this machine is.

    Attributes:
        second: Seconds that decoding a second of video takes, all processors at work.
        key_second: The same of its key frames only.
        key_rate: Key frames that a second of video gives.
        photo: Seconds that reading a photo takes.
        frame: Seconds that describing a frame takes.
        gpu: Whether a GPU describes.
    """

    second: float = 0.0
    key_second: float = 0.0
    key_rate: float = 0.0
    photo: float = 0.0
    frame: float = 0.0
    gpu: bool = False


def measure_pace(
    tasks: Sequence[Task],
    settings: FrameSettings,
    descriptor: Descriptor | None,
    stopped: Stopped,
    clock: Clock = THE_CLOCK,
) -> Pace:
    """Decode some of what is to be read, and describe a little of it; what fails counts nothing.

    Args:
        tasks: What is to be read.
        settings: How it becomes frames.
        descriptor: What describes them; None where nothing does.
        stopped: True once the user wants the run to stop.
        clock: What time is measured by.

    Raises:
        InterruptedIndexError: The user stopped the run.
    """
    look = _Look(settings, stopped, clock)
    videos = [task for task in tasks if isinstance(task, VideoTask)]
    videos = [task for task in videos if not is_animation(Path(task.source.path))]
    every, key = _Sum(), _Sum()
    for task in _spread(videos):
        every.add(look.video(task, "all", ALL_SECONDS))
        key.add(look.video(task, "key", KEY_SECONDS))
    photos = _Sum()
    for folder in _spread([task for task in tasks if isinstance(task, PhotosTask)])[:1]:
        photos.add(look.photos(folder))
    frame = look.describe(descriptor) if descriptor is not None else 0.0
    return Pace(
        second=every.cost / max(every.length, 1e-9) if every.frames else 0.0,
        key_second=key.cost / max(key.length, 1e-9) if key.frames else 0.0,
        key_rate=key.frames / max(key.length, 1e-9) if key.frames else 0.0,
        photo=photos.cost / max(photos.frames, 1) if photos.frames else 0.0,
        frame=frame,
        gpu=descriptor is not None and "gpu" in descriptor.identity.lower(),
    )


def _spread(tasks: Sequence[_T]) -> list[_T]:
    """The first, and others evenly after it."""
    step = max(1, len(tasks) // FILES)
    return list(tasks[::step][:FILES])


@dataclass
class _Sum:
    """Seconds that some looks cost, seconds of video that they covered, frames that they gave."""

    cost: float = 0.0
    length: float = 0.0
    frames: int = 0

    def add(self, other: "_Sum") -> None:
        """Count another look."""
        self.cost += other.cost
        self.length += other.length
        self.frames += other.frames


class _Look:
    """Looks into files for so many seconds each, and keeps some of their frames.

    Args:
        settings: How they become frames.
        stopped: True once the user wants the run to stop.
        clock: What time is measured by.
    """

    def __init__(self, settings: FrameSettings, stopped: Stopped, clock: Clock) -> None:
        self._settings, self._stopped, self._clock = settings, stopped, clock
        self._pictures: list[NDArray[np.uint8]] = []
        self._boxes: list[Box] = []

    def video(self, task: VideoTask, sample: str, seconds: float) -> _Sum:
        """Decode the beginning of a video."""
        path = Path(task.source.path)
        glance = _Glance()

        def decode(over: Stopped) -> None:
            probe = probe_within_limits(path, stopped=self._stopped)
            decode_unscanned(
                path,
                probe,
                self._settings,
                glance,
                stopped=over,
                hwaccel=task.hwaccel,
                sample=sample,
            )

        cost = self._timed(decode, seconds)
        self._keep(glance)
        return _Sum(cost, glance.seconds(1 / self._settings.fps), glance.count)

    def photos(self, task: PhotosTask) -> _Sum:
        """Read the first photos of a folder."""
        glance = _Glance()
        some = PhotoFolder(task.photos.path, task.photos.files[:32])
        cost = self._timed(lambda over: self._read(some, glance, over), PHOTO_SECONDS)
        self._keep(glance)
        return _Sum(cost, 0.0, glance.count)

    def _read(self, some: PhotoFolder, glance: "_Glance", over: Stopped) -> None:
        read_photos(some, self._settings, glance, stopped=over, on_refused=lambda *_: None)

    def describe(self, descriptor: Descriptor) -> float:
        """Seconds that describing a frame takes: the best call, since the first ones compile."""
        if not self._pictures:
            return 0.0
        pixels = np.stack(self._pictures[:AT_ONCE])
        boxes = np.array(self._boxes[:AT_ONCE], np.int32)
        began, best = self._clock.wall(), np.inf
        while best == np.inf or self._clock.wall() - began < DESCRIBE_SECONDS / 2:
            if self._stopped():
                raise InterruptedIndexError("The run was stopped.")
            before = self._clock.wall()
            describe_frames(descriptor, pixels, boxes)
            best = min(best, self._clock.wall() - before)
        return float(best) / len(pixels)

    def _timed(self, call: Callable[[Stopped], None], seconds: float) -> float:
        """Seconds that a call takes when all processors work alike; ended after so many."""
        began, spent = self._clock.wall(), self._clock.processor()
        with suppress(SourceError):
            try:
                call(lambda: self._stopped() or self._clock.wall() - began > seconds)
            except InterruptedIndexError:
                if self._stopped():
                    raise
        used = self._clock.processor() - spent
        # Where children's time is not told, the clock's is all that there is.
        return used / available_processors() if used else self._clock.wall() - began

    def _keep(self, glance: "_Glance") -> None:
        """Keep frames of one size for the network."""
        for picture, box in zip(glance.pictures, glance.boxes, strict=True):
            if not self._pictures or picture.shape == self._pictures[0].shape:
                self._pictures.append(picture)
                self._boxes.append(box)


class _Glance:
    """A ``FrameSink`` that keeps the first frames and counts the others."""

    def __init__(self) -> None:
        self.count = 0
        self.pictures: list[NDArray[np.uint8]] = []
        self.boxes: list[Box] = []
        self._shape = (0, 0)
        self._base = Fraction(1)
        self._ends: list[int] = []

    def begin(self, width: int, height: int, time_base: Fraction) -> None:
        """Note the shape of all frames."""
        self._shape, self._base = (height, width), time_base

    def append(
        self, pixels: bytes | bytearray | memoryview, pts: int, box: Box, name: str = ""
    ) -> None:
        """Keep a frame, or count it."""
        del name
        if self.count < AT_ONCE:
            picture = np.frombuffer(pixels, np.uint8).reshape(*self._shape, 3).copy()
            self.pictures.append(picture)
            self.boxes.append(box)
        self._ends = [self._ends[0] if self._ends else pts, pts]
        self.count += 1

    def stored(self, index: int) -> tuple[NDArray[np.uint8], int]:
        """There is none: nothing is continued."""
        raise LookupError(f"frame {index} was looked at and not kept")

    def restart(self) -> None:
        """Forget everything."""
        self.count, self._ends = 0, []
        self.pictures, self.boxes = [], []

    def seconds(self, step: float) -> float:
        """Seconds of video that the frames cover."""
        if not self._ends:
            return 0.0
        return max(step, float((self._ends[1] - self._ends[0]) * self._base))
