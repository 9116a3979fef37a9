"""How much disk an index run needs, before it begins."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from frameatlas.embedder.media.bounded_look import probe_within_limits
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.sources.given_task import GivenTask
from frameatlas.embedder.sources.tasks import PhotosTask, Task, VideoTask
from frameatlas.errors import SourceError, SpaceError

_PROBED = 32
"""Videos whose length is looked up; the others are reckoned by their size on disk."""

_BYTES_BESIDE = 2 * 4096 + 2 * 256 + 64
"""Features, scores, coordinates and times of one frame."""

_ASSUMED_ASPECT = 16 / 9
_ASSUMED_PHOTO_ASPECT = 3 / 2


@dataclass(frozen=True)
class Estimate:
    """What a run will make, roughly.

    Attributes:
        frames: Number of frames.
        bytes: Disk that they, their features and the map will take.
    """

    frames: float
    bytes: float

    def __add__(self, other: "Estimate") -> "Estimate":
        return Estimate(self.frames + other.frames, self.bytes + other.bytes)

    def times(self, factor: float) -> "Estimate":
        """So many times as much."""
        return Estimate(self.frames * factor, self.bytes * factor)


def estimate(tasks: Sequence[Task], settings: FrameSettings) -> Estimate:
    """What reading these sources will make.

    Args:
        tasks: Sources that will be read.
        settings: How they become frames.
    """
    videos = [task for task in tasks if isinstance(task, VideoTask)]
    photos = sum(len(task.photos.files) for task in tasks if isinstance(task, PhotosTask))
    photo = settings.height**2 * _ASSUMED_PHOTO_ASPECT * 3 + _BYTES_BESIDE
    given = Estimate(0, 0)
    for task in tasks:
        if isinstance(task, GivenTask):
            given += Estimate(task.frames, task.frames * (task.frame_bytes + _BYTES_BESIDE))
    return Estimate(photos, photos * photo) + _of_videos(videos, settings) + given


def _of_videos(videos: Sequence[VideoTask], settings: FrameSettings) -> Estimate:
    probed, probed_size, all_size = Estimate(0, 0), 0, 0
    step = max(1, len(videos) // _PROBED)
    for number, task in enumerate(videos):
        size = _size(Path(task.source.path))
        all_size += size
        if number % step == 0 and (one := _of_video(Path(task.source.path), settings)):
            probed, probed_size = probed + one, probed_size + size
    return probed.times(all_size / probed_size) if probed_size else probed


def _of_video(path: Path, settings: FrameSettings) -> Estimate | None:
    try:
        probe = probe_within_limits(path)
    except SourceError:
        return None
    aspect = probe.width / probe.height if probe.width and probe.height else _ASSUMED_ASPECT
    frame = settings.height**2 * max(aspect, 1 / aspect) * 3 + _BYTES_BESIDE
    frames = max(1.0, (probe.duration or 0.0) * settings.fps)
    return Estimate(frames, frames * frame)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def check_space(needed: float, folder: Path, *, force: bool) -> str:
    """Refuse a run that cannot fit on the disk.

    Args:
        needed: Bytes, from ``estimate``.
        folder: Where the atlas will be; it or a parent exists.
        force: Go on all the same.

    Returns:
        One sentence that tells need and room.

    Raises:
        SpaceError: It cannot fit, and ``force`` is not set.
    """
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if needed > free and not force:
        raise SpaceError(
            f"Expected about {_size_text(needed)} of free disk for the atlas. Received: "
            f"{_size_text(free)} at {folder}. Choose another disk with -o, a lower --fps or "
            "--height, or go on all the same with --force."
        )
    return f"About {_size_text(needed)} of disk will be used, {_size_text(free)} are free."


def _size_text(size: float) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(size, 1e5) / 1e6:.1f} MB"
