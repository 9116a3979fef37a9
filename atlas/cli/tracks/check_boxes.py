"""``frameatlas players``: before crops are cut, a look at whether the boxes are on people."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from frameatlas.cli.tracks.detect import DetectOptions, LazyDetector
from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.progress import Progress

if TYPE_CHECKING:
    from frameatlas.reid.crops.recordings import Recording
    from frameatlas.reid.detect.boxes_on_people import BoxesLookedAt

_LEAST_HEIGHT, _LEAST_SHARE = 40, 1 / 15
"""Pixels, and share of the picture, of people of whom a detector finds most."""


def check_boxes(
    recordings: Sequence["Recording"],
    folder: Path,
    options: DetectOptions,
    progress: Progress,
    *,
    force: bool,
) -> None:
    """Look at a few pictures of each recording whose crops are not there yet.

    Args:
        recordings: Videos with tracks that somebody else made.
        folder: The output.
        options: Which detector is to look.
        progress: Told where no boxes are on people that the detector finds.
        force: Say it, and go on, where people are found elsewhere.

    Raises:
        InputError: People are there, and the boxes are elsewhere.
    """
    new = [r for r in recordings if not (folder / "sources" / r.source_id).exists()]
    with closing(LazyDetector(options)) as detector:
        for recording in new:
            seen = look(recording, detector)
            if seen is None:
                continue
            if seen.elsewhere and not force:
                raise InputError(_elsewhere(recording, seen))
            if seen.elsewhere or _nobody(recording, seen):
                progress.note(_elsewhere(recording, seen))


def look(recording: "Recording", detector: LazyDetector) -> "BoxesLookedAt | None":
    """What a detector finds in some pictures of a recording; None where none can be looked at."""
    from frameatlas.reid.detect.boxes_on_people import frames_to_look_at, look_at_boxes

    if not frames_to_look_at(recording.tracks):
        return None
    return look_at_boxes(recording.pictures, recording.tracks, detector.open())


def _nobody(recording: "Recording", seen: "BoxesLookedAt") -> bool:
    """Whether people of this size would be found, and nobody is."""
    import numpy as np

    from frameatlas.reid.detect.boxes_on_people import FEWEST
    from frameatlas.reid.tracks.picture_size import picture_size

    person = float(np.median(recording.tracks.box[:, 3]))
    large = person >= max(_LEAST_HEIGHT, _LEAST_SHARE * picture_size(recording.pictures)[1])
    return large and seen.boxes >= FEWEST and seen.on_people == 0


def _elsewhere(recording: "Recording", seen: "BoxesLookedAt") -> str:
    name = recording.pictures.path.name
    if seen.proposed:
        fit = seen.proposed.counted
        ending = (
            f"with {seen.proposed.option} it finds somebody in {fit.on_people} of {fit.boxes}, so "
            "the tracker seems to have seen such pictures: say so"
        )
    else:
        ending = (
            "if they are of another video, name it; if the tracker saw other pictures, say so with "
            "--track-size or --track-fps"
        )
    return (
        f"Expected boxes on people in {recording.file}. Received: of {seen.boxes} boxes in "
        f"{count_of(len(seen.frames), 'picture')} of {name} a detector finds somebody in "
        f"{seen.on_people}, "
        f"and of {seen.people} people whom it finds there {seen.boxed} have a box; {ending}"
        f"{', else go on with --force.' if seen.elsewhere else '.'}"
    )
