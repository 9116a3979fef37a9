"""Recordings: each video with its tracks and its camera, checked against one another."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.reid.crops.selection import CropPlan, plan_crops
from frameatlas.reid.tracks.fitted import FittedTracks, read_fitted
from frameatlas.reid.tracks.formats.table import BadLine
from frameatlas.reid.tracks.frame_reader import Pictures, open_pictures
from frameatlas.reid.tracks.mot import Tracks
from frameatlas.reid.tracks.options import TrackOptions
from frameatlas.reid.tracks.short_tracks import with_short_tracks
from frameatlas.store.digests import text_digest

_CROPS = "crops of 128 × 256, at most 40 a tracklet, 5 frames apart"
"""Names how crops are made: another way has to be told from this one in an atlas."""


@dataclass(frozen=True)
class Recording:
    """A video, or a sequence of images, with the boxes that a tracker gave.

    Attributes:
        pictures: The video.
        tracks: Its boxes, with the name of its camera.
        plan: Which of them become crops.
        read: What was read of them, and what was done to it.
        linked: Whether the ids are ours: the file is a detector's, whose boxes have none.
    """

    pictures: Pictures
    tracks: Tracks
    plan: CropPlan
    read: FittedTracks
    linked: bool = False

    @property
    def file(self) -> Path:
        """The file of tracks."""
        return self.read.file

    @property
    def bad(self) -> tuple[BadLine, ...]:
        """Its lines that could not be used."""
        return self.read.bad

    @property
    def id(self) -> str:
        """32 hexadecimal digits that stand for the video, the chosen boxes and how they are cut."""
        boxes = np.column_stack([self.plan.frame, self.plan.track, self.plan.box])
        rows = text_digest(np.ascontiguousarray(boxes, "<f8").tobytes().hex())
        return text_digest("\n".join([_CROPS, self.pictures.digest, rows, self.tracks.camera]))

    @property
    def source_id(self) -> str:
        """Id of the source that its crops are in the atlas."""
        return self.id[:16]


def open_recordings(
    videos: Sequence[Path],
    files: Sequence[Path],
    cameras: Mapping[str, str] | None = None,
    options: TrackOptions | None = None,
) -> list[Recording]:
    """Open videos with their tracks.

    Args:
        videos: Videos, or folders of images.
        files: Files of tracks (see ``tracks.formats``), one for each video, in the same order.
        cameras: Names of cameras by file: the path or the name of a video or of its tracks. A
            file that is not named has a camera of its own.
        options: How the files are to be read.

    Raises:
        InputError: Videos, tracks and cameras do not belong together.
        SourceError: A file cannot be read.
    """
    if not videos or len(videos) != len(files):
        raise InputError(
            "Expected a file of tracks for each video. Received: "
            f"{count_of(len(videos), 'video')} and "
            f"{count_of(len(files), 'file')} of tracks; give them in the same order."
        )
    named = _cameras(videos, files, cameras or {})
    return [
        _recording(video, file, camera, options or TrackOptions())
        for video, file, camera in zip(videos, files, named, strict=True)
    ]


def _recording(video: Path, file: Path, camera: str, options: TrackOptions) -> Recording:
    pictures = open_pictures(video)
    read = read_fitted(file, pictures, camera, options)
    tracks = read.tracks
    linked = not (tracks.track >= 0).any()
    if linked:
        tracks = with_short_tracks(tracks)
    plan = plan_crops(tracks, pictures.size)
    if not len(plan):
        raise InputError(
            f"Expected boxes of people in {file}. Received: "
            f"{count_of(len(tracks), 'box', 'boxes')}, all of them "
            f"outside the pictures of {video.name}, too small or with next to no confidence."
        )
    return Recording(pictures, tracks, plan, read, linked)


def _cameras(
    videos: Sequence[Path], files: Sequence[Path], cameras: Mapping[str, str]
) -> list[str]:
    """The camera of each video: as it was named, else after its file."""
    named: list[str] = []
    unused = dict(cameras)
    for number, (video, file) in enumerate(zip(videos, files, strict=True)):
        keys = (str(video), video.name, str(file), file.name)
        found = next((key for key in keys if key in cameras), None)
        if found is not None:
            unused.pop(found, None)
            named.append(cameras[found])
            continue
        own = video.stem or f"camera {number + 1}"
        named.append(own if own not in named else f"{own}-{number + 1}")
    if unused:
        raise InputError(
            "Expected --camera to name one of the videos or files of tracks. Received: "
            f"{next(iter(unused))}; {', '.join(os.fspath(v) for v in videos)} are given."
        )
    return named
