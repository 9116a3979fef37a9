"""How much disk an index run needs, before it begins."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from frameatlas.embedder.frame_sink import FrameSettings
from frameatlas.embedder.pipeline import Task
from frameatlas.embedder.probe import probe_video
from frameatlas.embedder.tasks import PhotosTask, VideoTask
from frameatlas.errors import SourceError, SpaceError

_PROBED = 32
"""Videos whose length is looked up; the others are reckoned by their size on disk."""

_BYTES_BESIDE = 2 * 4096 + 2 * 256 + 64
"""Features, scores, coordinates and times of one frame."""

_ASSUMED_ASPECT = 16 / 9
_ASSUMED_PHOTO_ASPECT = 3 / 2


def estimated_bytes(tasks: Sequence[Task], settings: FrameSettings) -> int:
    """Bytes that frames and features of these sources will take, roughly.

    Args:
        tasks: Sources that will be read.
        settings: How they become frames.
    """
    videos = [task for task in tasks if isinstance(task, VideoTask)]
    photos = sum(len(task.photos.files) for task in tasks if isinstance(task, PhotosTask))
    height = settings.height
    photo = height * round(height * _ASSUMED_PHOTO_ASPECT) * 3 + _BYTES_BESIDE
    return photos * photo + _video_bytes(videos, settings)


def _video_bytes(videos: Sequence[VideoTask], settings: FrameSettings) -> int:
    probed_bytes, probed_size, all_size = 0.0, 0, 0
    step = max(1, len(videos) // _PROBED)
    for number, task in enumerate(videos):
        size = _size(Path(task.source.path))
        all_size += size
        if number % step == 0:
            needed = _probed_bytes(Path(task.source.path), settings)
            if needed is not None:
                probed_bytes, probed_size = probed_bytes + needed, probed_size + size
    return round(probed_bytes * all_size / probed_size) if probed_size else 0


def _probed_bytes(path: Path, settings: FrameSettings) -> float | None:
    try:
        probe = probe_video(path)
    except SourceError:
        return None
    aspect = probe.width / probe.height if probe.width and probe.height else _ASSUMED_ASPECT
    frame = settings.height**2 * max(aspect, 1 / aspect) * 3 + _BYTES_BESIDE
    return (probe.duration or 0.0) * settings.fps * frame


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def check_space(needed: int, folder: Path, *, force: bool) -> None:
    """Refuse a run that cannot fit on the disk.

    Args:
        needed: Bytes, from ``estimated_bytes``.
        folder: Where the atlas will be; it or a parent exists.
        force: Go on all the same.

    Raises:
        SpaceError: It cannot fit, and ``force`` is not set.
    """
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if needed > free and not force:
        raise SpaceError(
            f"Expected about {needed / 1e9:.1f} GB of free disk for the atlas. Received: "
            f"{free / 1e9:.1f} GB in {folder}. Choose another disk with -o, a lower --fps or "
            "--height, or go on all the same with --force."
        )
