"""``frameatlas players`` without tracks: people are found and followed, and the boxes kept."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frameatlas.cli.arguments import Stopped, stopping_on_interrupt
from frameatlas.clock import about
from frameatlas.errors import InputError, InterruptedIndexError
from frameatlas.plurals import count_of
from frameatlas.progress import Progress
from frameatlas.store.atomic import translate_os_errors
from frameatlas.store.lock import lock_atlas

if TYPE_CHECKING:
    from frameatlas.reid.detect.detector import Detector
    from frameatlas.reid.detect.search import SearchPlan
    from frameatlas.reid.tracks.frame_reader import Pictures

KEPT = ".detections"
"""Folder in the output of what was found in each video: no frame is looked at twice."""

_OPTIONS = (
    click.option(
        "--detector",
        type=click.Path(path_type=Path),
        help="An ONNX file, in place of the detector that ships.",
    ),
    click.option(
        "--every",
        type=click.IntRange(1, 1000),
        default=1,
        show_default=True,
        help="Look for people in one of so many frames.",
    ),
)


@dataclass(frozen=True)
class DetectOptions:
    """How people are looked for.

    Attributes:
        detector: An ONNX file; None: the detector that ships.
        every: Of how many frames one is looked at.
        engine: "auto", "tensorflow" or "openvino".
    """

    detector: Path | None
    every: int
    engine: str


def detect_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def take_detect_options(given: dict[str, Any]) -> DetectOptions:
    """The options' value, taken out of all options of the command."""
    return DetectOptions(given.pop("detector"), given.pop("every"), given["engine"])


def find_tracks(
    videos: Sequence[Path], folder: Path, options: DetectOptions, progress: Progress
) -> list[Path]:
    """Find and follow people in videos.

    Args:
        videos: Videos, or folders of images.
        folder: The output; ``detections.txt`` and ``tracklets.txt`` are written into it.
        options: How.
        progress: Told what happens.

    Returns:
        The file of tracklets of each video.
    """
    if not videos:
        raise InputError("Expected a video, with or without --tracks. Received: none.")
    from frameatlas.reid.tracks.frame_reader import open_pictures

    opened = [open_pictures(video) for video in videos]
    with translate_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    detector = LazyDetector(options)
    try:
        with lock_atlas(folder), stopping_on_interrupt() as stopped:
            return [
                _tracks_of(pictures, _suffix(number, videos), folder, detector, progress, stopped)
                for number, pictures in enumerate(opened)
            ]
    except InterruptedIndexError as error:
        raise InterruptedIndexError(
            f"Stopped. What is done is kept in {folder}: give the same command again to go on."
        ) from error
    finally:
        detector.close()


def _suffix(number: int, videos: Sequence[Path]) -> str:
    return f"-{number + 1}" if len(videos) > 1 else ""


class LazyDetector:
    """A detector that is opened when it is first needed: a run that repeats needs none."""

    def __init__(self, options: DetectOptions) -> None:
        self.options = options
        self._opened: Detector | None = None

    def open(self) -> "Detector":
        """The detector; some seconds the first time."""
        if self._opened is None:
            from frameatlas.reid.detect.detector import open_detector

            self._opened = open_detector(self.options.detector, self._openvino())
        return self._opened

    def _openvino(self) -> Any:
        """OpenVINO where it is to be used; TensorFlow is imported quietly for its graph."""
        from frameatlas.embedder.describe.engine import engine_choice
        from frameatlas.embedder.describe.tensorflow_import import import_tensorflow

        if self.options.detector is None:
            import_tensorflow()
        if engine_choice(self.options.engine) != "openvino":
            return None
        from frameatlas.embedder.describe.openvino_import import import_openvino

        return import_openvino()

    def close(self) -> None:
        """Give memory back."""
        if self._opened is not None:
            self._opened.close()


def _tracks_of(
    pictures: "Pictures",
    suffix: str,
    folder: Path,
    lazy: LazyDetector,
    progress: Progress,
    stopped: Stopped,
) -> Path:
    """The tracklets of one video, as a file; found now or kept from an earlier run."""
    import numpy as np

    from frameatlas.reid.detect.detections import Detections
    from frameatlas.reid.detect.follow import follow
    from frameatlas.reid.detect.search import (
        forget_parts,
        frames_kept,
        plan_search,
        search_id,
        search_video,
    )
    from frameatlas.reid.tracks.mot import write_mot

    detector = lazy.open()
    every = lazy.options.every
    name = search_id(pictures, detector, every)
    kept = folder / KEPT / f"{name}.h5"
    found = Detections.load(kept)
    if found is None:
        parts = folder / KEPT / name
        plan = plan_search(pictures, detector, every)
        left = len(plan.frames) - frames_kept(parts)
        progress.note(_estimate(pictures, detector, plan, every, left))
        found = search_video(pictures, detector, plan, parts, progress, stopped)
        found.save(kept)
        forget_parts(parts)
    boxes = found.as_tracks()
    write_mot(folder / f"detections{suffix}.txt", boxes, np.ones(len(boxes), np.int64), ids=False)
    tracks = follow(found, float(pictures.rate))
    if not len(tracks):
        raise InputError(
            f"Expected people in {pictures.path}. Received: none that the detector finds in three "
            "frames or more; are they smaller than 20 pixels? Detect elsewhere and give --tracks, "
            "or name another detector with --detector."
        )
    file = folder / f"tracklets{suffix}.txt"
    write_mot(file, tracks, tracks.track)
    progress.note(
        f"{count_of(len(np.unique(tracks.track)), 'tracklet')} of people in "
        f"{count_of(len(found.looked), 'frame')} of "
        f"{pictures.path.name}: {file}."
    )
    return file


def _estimate(
    pictures: "Pictures", detector: "Detector", plan: "SearchPlan", every: int, left: int
) -> str:
    """How long the frames that are left will take, by the first ones."""
    from frameatlas.reid.detect.windows import detect_people

    first = [picture.pixels for picture in pictures.pictures(plan.frames[:3])]
    start = time.perf_counter()
    for pixels in first:
        detect_people(pixels, plan.windows, detector, 0.5)
    each = (time.perf_counter() - start) / max(1, len(first))
    takes = each * left
    seen = f"people of {plan.person:.0f} pixels" if plan.person else "no people in the first frames"
    long = takes > 1800 and every == 1
    hint = "; --every 5 takes a fifth of that" if long else ""
    windows = count_of(len(plan.windows), "window")
    there = f" that {'is' if left == 1 else 'are'} left" if left < len(plan.frames) else ""
    return (
        f"{pictures.path.name}: {seen}, {windows} a frame, {about(takes)} for "
        f"{count_of(left, 'frame')}{there}{hint}."
    )
