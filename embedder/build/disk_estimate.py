"""How much disk an index run needs, before it begins."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from frameatlas.embedder.build.jpeg_writer import WAITING
from frameatlas.embedder.decode.animation import is_animation, look_at_animation
from frameatlas.embedder.decode.frame_selection import KeepRule
from frameatlas.embedder.media.bounded_look import probe_within_limits, scan_within_limits
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.media.probe import VideoProbe
from frameatlas.embedder.sources.given_task import GivenTask
from frameatlas.embedder.sources.tasks import PhotosTask, Task, VideoTask
from frameatlas.errors import SourceError, SpaceError
from frameatlas.progress import Stopped
from frameatlas.safe_text import plain

_PROBED = 32
"""Videos whose length is looked up; the others are reckoned by their size on disk."""

KEY_RATE = 0.5
"""Key frames that a second of video is taken to give before any was decoded."""

COMPONENTS = 256

_JPEG_SHARE = 0.1
"""Of a raw picture's bytes, with its small copy: a twelfth, of real videos taken together."""

_WAITING_SOURCES = 5
"""Sources whose frames wait raw for their description: two are decoded, three were ahead."""


def _bytes_beside(dimension: int) -> int:
    """Features, scores, coordinates and times of one frame."""
    return 2 * dimension + 2 * min(COMPONENTS, dimension) + 64


_ASSUMED_ASPECT = 16 / 9
_ASSUMED_PHOTO_ASPECT = 3 / 2

_LEAST_RATE = 4_000.0
"""Bytes a second below which a declared duration is not believed: no video is so small. Then the
packets are counted."""

_LARGEST_COUNTED = 256 << 20
"""Bytes of a file whose packets are counted for an estimate."""

_LEAST_FRAME = 64
"""Bytes of a picture at least: a larger file's duration that is not believed is bounded by it."""

_NAMED = 3


@dataclass(frozen=True)
class Estimate:
    """What a run will make, roughly.

    Attributes:
        frames: Number of frames.
        bytes: Disk that they, their features and the map will take.
        largest: Sources that need most, and how many bytes; at most three.
        seconds: Seconds of video.
        pictures: Bytes of all pictures, raw; part of ``bytes``.
    """

    frames: float
    bytes: float
    largest: tuple[tuple[str, float], ...] = ()
    seconds: float = 0.0
    pictures: float = 0.0

    def __add__(self, other: "Estimate") -> "Estimate":
        largest = sorted((*self.largest, *other.largest), key=lambda one: -one[1])[:_NAMED]
        return Estimate(
            self.frames + other.frames,
            self.bytes + other.bytes,
            tuple(largest),
            self.seconds + other.seconds,
            self.pictures + other.pictures,
        )

    def stored(self, store: str) -> "Estimate":
        """The same of an atlas that stores frames in a form: "raw", as reckoned, or "jpeg"."""
        if store == "raw" or not self.bytes:
            return self
        waiting = self.pictures * min(1.0, _WAITING_SOURCES * WAITING / max(1.0, self.frames))
        size = self.bytes - self.pictures * (1 - _JPEG_SHARE) + waiting
        largest = tuple((name, part * size / self.bytes) for name, part in self.largest)
        return replace(self, bytes=size, largest=largest)


@dataclass
class Estimates:
    """What each source of a run will make, and all together; known better as sources finish.

    Attributes:
        total: All together.
        frames: By id, the frames of a source.
        seconds: By id, the seconds of a video.
    """

    total: Estimate
    frames: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def finished(self, source_id: str, frames: int) -> int:
        """Put what a source really gave in the place of what was expected.

        Returns:
            Frames of the whole run, as far as it is known now.
        """
        before = self.frames.get(source_id, float(frames))
        self.frames[source_id] = float(frames)
        better = replace(self.total, frames=self.total.frames - before + frames)
        self.total = replace(self.total, frames=max(0.0, better.frames))
        return round(self.total.frames)


def estimate(
    tasks: Sequence[Task],
    settings: FrameSettings,
    stopped: Stopped = lambda: False,
    dimension: int = 4096,
) -> Estimates:
    """What reading these sources will make.

    Args:
        tasks: Sources that will be read.
        settings: How they become frames.
        stopped: True once the user wants the run to stop.
        dimension: Numbers that describe one frame.
    """
    beside = _bytes_beside(dimension)
    found: dict[str, Estimate] = {}
    photo = settings.height**2 * _ASSUMED_PHOTO_ASPECT * 3
    for task in tasks:
        if isinstance(task, PhotosTask):
            count = len(task.photos.files)
            found[task.id] = _estimate(task.label, count, photo, beside)
        elif isinstance(task, GivenTask):
            found[task.id] = _estimate(task.label, task.frames, task.frame_bytes, beside)
    found |= _of_videos([t for t in tasks if isinstance(t, VideoTask)], settings, stopped, beside)
    total = sum(found.values(), Estimate(0, 0))
    return Estimates(
        total,
        {name: one.frames for name, one in found.items()},
        {name: one.seconds for name, one in found.items()},
    )


def _of_videos(
    videos: Sequence[VideoTask], settings: FrameSettings, stopped: Stopped, beside: int
) -> dict[str, Estimate]:
    """Some are looked at; the others have as many frames for their size."""
    step = max(1, len(videos) // _PROBED)
    looked = {task.id: _of_video(task, settings, stopped, beside) for task in videos[::step]}
    sizes = {task.id: _size(Path(task.source.path)) for task in videos}
    # A file that gives nothing counts on both sides: its like among the others give nothing too.
    seen = sum(sizes[name] for name in looked)
    together = sum(looked.values(), Estimate(0, 0))
    for task in videos:
        if task.id not in looked:
            share = sizes[task.id] / seen if seen else 0.0
            size = together.bytes * share
            named = ((task.label, size),)
            seconds = together.seconds * share
            pictures = together.pictures * share
            looked[task.id] = Estimate(together.frames * share, size, named, seconds, pictures)
    return looked


def _of_video(task: VideoTask, settings: FrameSettings, stopped: Stopped, beside: int) -> Estimate:
    path = Path(task.source.path)
    try:
        if is_animation(path):
            head = look_at_animation(path)
            frames, shape = float(head.pictures), (head.width, head.height)
            seconds = 0.0
        else:
            probe = probe_within_limits(path, stopped=stopped)
            frames = _frames_of(path, probe, settings.fps, stopped)
            shape = (probe.width, probe.height)
            seconds = frames / settings.fps
            if task.source.sample == "key":
                frames = max(1.0, min(frames, seconds * KEY_RATE))
    except SourceError:
        return Estimate(0, 0)
    aspect = max(shape) / min(shape) if min(shape) else _ASSUMED_ASPECT
    return _estimate(task.label, frames, settings.height**2 * aspect * 3, beside, seconds)


def _estimate(
    label: str, frames: float, picture: float, beside: int, seconds: float = 0.0
) -> Estimate:
    """Of one source, whose pictures have so many bytes each."""
    size = frames * (picture + beside)
    return Estimate(frames, size, ((label, size),), seconds, frames * picture)


def _frames_of(path: Path, probe: VideoProbe, fps: float, stopped: Stopped) -> float:
    """Frames that a video will give: never more than it has pictures, declared or counted."""
    declared = max(1.0, (probe.duration or 0.0) * fps)
    if probe.frames:
        declared = min(declared, float(probe.frames))
    believed = probe.bytes >= _LEAST_RATE * (probe.duration or 0.0)
    if believed or declared <= 1:
        return declared
    if probe.bytes <= _LARGEST_COUNTED:
        times = scan_within_limits(path, probe, stopped=stopped)
        if times.complete:
            return float(
                max(1, len(KeepRule(fps, probe.start, probe.time_base).kept(times.seconds)))
            )
    return min(declared, max(1.0, probe.bytes / _LEAST_FRAME))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def check_space(
    needed: Estimate, folder: Path, *, force: bool, store: str = "raw", new: bool = False
) -> str:
    """Refuse a run that cannot fit on the disk.

    Args:
        needed: From ``estimate``.
        folder: Where the atlas will be; it or a parent exists.
        force: Go on all the same.
        store: How its frames are stored.
        new: Whether they could be stored in another way.

    Returns:
        One sentence that tells need and room.

    Raises:
        SpaceError: It cannot fit, and ``force`` is not set.
    """
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    smaller = needed.stored("jpeg").bytes
    needed = needed.stored(store)
    if needed.bytes > free and not force:
        raise SpaceError(
            f"Expected about {_size_text(needed.bytes)} of free disk for the atlas"
            f"{_largest_text(needed)}. Received: {_size_text(free)} at {folder}. Choose another "
            f"disk with -o, a lower --fps or --height{_jpeg_text(smaller, needed, new=new)}, or go "
            "on all the same with --force."
        )
    return f"About {_size_text(needed.bytes)} of disk will be used, {_size_text(free)} are free."


def _largest_text(needed: Estimate) -> str:
    """Which sources need most, where they are not all alike."""
    named = [(name, size) for name, size in needed.largest if size > needed.bytes / 10]
    if not named:
        return ""
    listed = ", ".join(f"{plain(name)} {_size_text(size)}" for name, size in named)
    return f" (most of it for {listed})"


def _jpeg_text(smaller: float, needed: Estimate, *, new: bool) -> str:
    """What storing frames as JPEG would need, where that can still be chosen and is less."""
    if not new or smaller >= needed.bytes:
        return ""
    return f", --store jpeg (about {_size_text(smaller)})"


def _size_text(size: float) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(size, 1e5) / 1e6:.1f} MB"
