"""Which frame a person means by VIDEO@SECONDS, and how a moment is written."""

import re

import numpy as np

from frameatlas.atlas import Atlas
from frameatlas.clock import clock
from frameatlas.errors import InputError
from frameatlas.frame_step import frame_step
from frameatlas.search.source_lookup import find_source, named_source

_MOMENT = re.compile(r"(?:(?:(\d{1,9}):)?(\d{1,9}):)?(\d{1,9}(?:\.\d*)?|\.\d+)", re.ASCII)

GRACE = 1.0
"""Seconds beyond a video's last frame that still mean it."""

LONGEST = 1e7
"""Seconds: what is longer than four months is a slip of the hand."""


def find_frame(atlas: Atlas, text: str) -> int:
    """The stored frame that is meant: of a video the one nearest in time, or a photo.

    Args:
        atlas: The atlas.
        text: "name.mp4@12.5", "name.mp4@1:02:03.5", or for photos "folder/photo.jpg". A name may
            hold an @ itself: the last one counts.

    Raises:
        InputError: There is no such source or moment, or it may be several.
    """
    name, at, moment = text.rpartition("@")
    seconds = parse_timestamp(moment) if at else None
    if seconds is None:
        photo = _photo(atlas, text)
        if photo is not None:
            return photo
        raise InputError(
            f"Expected VIDEO@SECONDS such as film.mp4@12.5 or film.mp4@1:02:03. Received: {text!r}"
            "; of photos, name the photo itself, such as holiday/beach.jpg."
        )
    number = named_source(atlas, name)
    frames = atlas.range_of(number)
    source = atlas.sources[number]
    if not len(frames):
        raise InputError(
            f"Expected a video with frames. Received: {source.path}, which gave none "
            f"({source.reason}); choose another."
        )
    times = atlas.seconds[frames.start : frames.stop]
    if seconds > times[-1] + GRACE + frame_step(atlas, number):
        raise InputError(
            f"Expected a moment from {format_timestamp(times[0])} to "
            f"{format_timestamp(times[-1])} of {source.path}. Received: "
            f"{format_timestamp(seconds)}; it ends before that."
        )
    return frames.start + int(np.abs(times - seconds).argmin())


def parse_timestamp(text: str) -> float | None:
    """Seconds of "12.5", "2:03" or "1:02:03.5"; None of anything else."""
    match = _MOMENT.fullmatch(text.strip())
    if not match:
        return None
    hours, minutes, seconds = match.groups()
    within = (minutes is None or float(seconds) < 60) and (hours is None or int(minutes) < 60)
    total = 3600 * int(hours or 0) + 60 * int(minutes or 0) + float(seconds)
    return total if within and total <= LONGEST else None


def format_timestamp(seconds: float) -> str:
    """A moment as people write it, to a tenth: "0:07.4", "1:02:03.5"; read by the above too."""
    return clock(seconds, 1)


def _photo(atlas: Atlas, text: str) -> int | None:
    """The photo whose path ends this way."""
    folder, _, name = text.rpartition("/")
    found: list[int] = []
    for number, source in enumerate(atlas.sources):
        frames = atlas.range_of(number)
        if source.kind != "photos" or not len(frames):
            continue
        if folder and not f"/{source.path}".endswith(f"/{folder}"):
            continue
        found += [frame for frame in frames if atlas.origins[frame].name == name]
    if len(found) > 1:
        raise InputError(
            f"Expected one photo. Received: {text!r}, which may be "
            f"{' or '.join(str(atlas.origins[frame].path) for frame in found[:3])}; give more of "
            "its path."
        )
    if found:
        return found[0]
    number_or_none = find_source(atlas, text)
    if number_or_none is not None and atlas.sources[number_or_none].kind == "video":
        raise InputError(
            f"Expected a moment of {text}. Received: none; write {text}@12.5 for its frame at "
            "12.5 seconds."
        )
    return None
