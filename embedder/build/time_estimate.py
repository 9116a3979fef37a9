"""How many hours a run will take on this machine, and what would make it shorter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from frameatlas.clock import about
from frameatlas.embedder.build.disk_estimate import Estimates, estimate
from frameatlas.embedder.build.pace import THE_CLOCK, Clock, Pace, measure_pace
from frameatlas.embedder.describe.descriptor import Descriptor
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.sources.tasks import Task, VideoTask
from frameatlas.progress import Progress, Stopped

FEWEST = 6_000
"""Frames from which on a run is worth measuring: half an hour of video at three frames a second."""

AUTO_SECONDS = 8 * 3600.0
"""Seconds from which on ``--sample auto`` takes key frames."""

LOST = (
    "What is lost: moments between key frames, which lie seconds apart, and dissolves; shots begin "
    "at key frames"
)

OpenDescriptor = Callable[[], Descriptor | None]


@dataclass(frozen=True)
class Work:
    """What is to be read.

    Attributes:
        seconds: Seconds of video.
        photos: Number of photos.
        fps: Frames kept of each second of video.
    """

    seconds: float
    photos: float
    fps: float

    def takes(self, pace: Pace, *, fps: float | None = None, key: bool = False) -> float:
        """Seconds that it takes at a pace, describing and decoding together.

        A GPU describes while processors decode; without one both share the processors.

        Args:
            pace: How fast the machine is.
            fps: Frames kept of each second, if not as many as are asked for.
            key: Whether only key frames are looked at.
        """
        rate = min(self.fps if fps is None else fps, pace.key_rate if key else float("inf"))
        decoding = self.seconds * (pace.key_second if key else pace.second)
        decoding += self.photos * pace.photo
        describing = (self.seconds * rate + self.photos) * pace.frame
        return max(decoding, describing) if pace.gpu else decoding + describing

    def decoding(self, pace: Pace) -> float:
        """Seconds that decoding all of it takes."""
        return self.seconds * pace.second + self.photos * pace.photo


class TimeEstimate:
    """Measures the machine once, if the work is long enough to deserve it.

    Args:
        settings: How sources become frames.
        open_descriptor: Opens what describes them; it may give None.
        stopped: True once the user wants the run to stop.
        clock: What time is measured by.
    """

    def __init__(
        self,
        settings: FrameSettings,
        open_descriptor: OpenDescriptor,
        stopped: Stopped,
        clock: Clock = THE_CLOCK,
    ) -> None:
        self._settings, self._open = settings, open_descriptor
        self._stopped, self._clock = stopped, clock
        self._pace: Pace | None = None

    def choose_sample(self, tasks: Sequence[Task], progress: Progress) -> str:
        """Which frames of new videos are looked at: "key" where "all" would take too long.

        Args:
            tasks: All new sources, those too that an interrupted run finished.
            progress: Is told what was chosen, and what is lost.
        """
        found = estimate(tasks, self._settings, self._stopped)
        work = self._work(tasks, found)
        pace = self._measured(tasks, found.total.frames)
        if pace is None or not pace.key_second or work.takes(pace) <= AUTO_SECONDS:
            progress.note("--sample auto looks at all frames: that takes less than eight hours.")
            return "all"
        progress.note(
            f"--sample auto looks at key frames only: {about(work.takes(pace, key=True))} in "
            f"place of {about(work.takes(pace))}. {LOST}. --sample all looks at all of them."
        )
        return "key"

    def sentence(self, tasks: Sequence[Task], found: Estimates, kept: int = 0) -> str | None:
        """What a run will take here, and what would make it shorter; None where it is short.

        Args:
            tasks: What is to be read.
            found: What it will make.
            kept: Frames of it that an interrupted run has made.
        """
        pace = self._measured(tasks, found.total.frames)
        if pace is None:
            return None
        work = self._work(tasks, found)
        key = any(task.source.sample == "key" for task in tasks)
        takes = work.takes(pace, key=key)
        if not takes:
            return None
        if kept:
            left = max(0.0, 1 - kept / max(found.total.frames, 1))
            return f"{about(left * takes).capitalize()} more on this machine."
        return f"{about(takes).capitalize()} on this machine{_shorter(work, pace, takes, key)}."

    def _work(self, tasks: Sequence[Task], found: Estimates) -> Work:
        frames = {task.id: found.frames.get(task.id, 0.0) for task in tasks}
        videos = [task for task in tasks if isinstance(task, VideoTask)]
        seconds = sum(found.seconds.get(task.id, 0.0) for task in videos)
        photos = sum(frames.values()) - sum(frames[task.id] for task in videos)
        return Work(seconds, photos, self._settings.fps)

    def _measured(self, tasks: Sequence[Task], frames: float) -> Pace | None:
        if self._pace is None and frames >= FEWEST:
            descriptor = self._open()
            try:
                self._pace = measure_pace(
                    tasks, self._settings, descriptor, self._stopped, self._clock
                )
            finally:
                if descriptor is not None:
                    descriptor.close()
        return self._pace


def _shorter(work: Work, pace: Pace, takes: float, key: bool) -> str:
    """What would make a run shorter, and how short, as clauses."""
    ways = []
    if work.seconds and not key:
        if work.fps > 1:
            ways.append(("with --fps 1", work.takes(pace, fps=1.0)))
        if pace.key_second:
            ways.append(("with --sample key", work.takes(pace, key=True)))
        if pace.frame and not pace.gpu:
            ways.append(("with a GPU that keeps up with decoding", work.decoding(pace)))
    worth = [f"{about(time)} {how}" for how, time in ways if time < 0.9 * takes]
    return "; " + ", ".join(worth) if worth else ""
