"""Frames as the page speaks of them: which video, when, where."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.browser.view.open_map import OpenMap, display_name
from frameatlas.browser.view.playable import playable
from frameatlas.clock import clock
from frameatlas.errors import InputError
from frameatlas.store.content_digest import is_gone


def moment_of(opened: OpenMap, frame: int) -> dict[str, Any]:
    """A frame in short: number, video, time, and where it is drawn."""
    atlas = opened.atlas
    number = int(atlas.source_numbers[frame])
    seconds = float(atlas.seconds[frame])
    return {
        "frame": int(frame),
        "source": number,
        "name": opened.name_of(number),
        "seconds": round(seconds, 6),
        "time": _time(opened, number, frame, seconds),
        "place": place_of(opened, frame),
    }


def found_of(opened: OpenMap, frame: int) -> dict[str, Any]:
    """A frame that was found: ``moment_of``, and where shots are known the span of its shot."""
    found = moment_of(opened, frame)
    if opened.shot_groups() is not None:
        shot = opened.shots().shot_of(frame)
        found["shot"] = None if shot is None else [round(shot.begin, 3), round(shot.until, 3)]
    return found


def details_of(opened: OpenMap, frame: int) -> dict[str, Any]:
    """Everything that the panel of a frame says, but for its neighbours."""
    atlas = opened.atlas
    origin = atlas.origins[frame]
    number = int(atlas.source_numbers[frame])
    own = atlas.range_of(number)
    source = opened.sources[number]
    there = not is_gone(origin.path)
    return {
        **moment_of(opened, frame),
        "file": display_name(str(origin.path)),
        "photo": display_name(origin.name),
        "address": opened.address_of(number, origin.seconds),
        "previous": frame - 1 if frame > own.start else None,
        "next": frame + 1 if frame + 1 < own.stop else None,
        "first": own.start,
        "frames": len(own),
        "size": [int(value) for value in atlas.boxes[frame][2:]],
        "playable": playable(source) if there else None,
        "known": opened.known.about(frame),
        "missing": None if there else f"expected at {display_name(str(origin.path))}",
    }


def frame_at(opened: OpenMap, number: int, seconds: float) -> int:
    """The frame of a source that is shown at a time: the last one that begins before it."""
    own = opened.atlas.range_of(source_number(opened, number))
    if not len(own):
        raise InputError("Expected a video with frames. Received: one that gave none.")
    times = opened.atlas.seconds[own.start : own.stop]
    return own.start + max(0, int(np.searchsorted(times, seconds + 1e-6, side="right")) - 1)


def frame_number(opened: OpenMap, frame: int) -> int:
    """The number of a frame that there is; InputError for another."""
    if not 0 <= frame < len(opened.atlas):
        raise InputError(f"Expected a frame from 0 to {len(opened.atlas) - 1}. Received: {frame}.")
    return frame


def source_number(opened: OpenMap, number: int) -> int:
    """The number of a source that there is; InputError for another."""
    if not 0 <= number < len(opened.sources):
        raise InputError(
            f"Expected a video from 0 to {len(opened.sources) - 1}. Received: {number}."
        )
    return number


def place_of(opened: OpenMap, frame: int) -> list[float]:
    """Where a frame is drawn, x and y on the map."""
    return [round(float(value), 7) for value in opened.pyramid().places[frame]]


def ways_of(opened: OpenMap, number: int) -> NDArray[np.float32]:
    """The way of a video over the map: float32 of shape (n, 3), x, y and seconds."""
    own = opened.atlas.range_of(source_number(opened, number))
    rows = slice(own.start, own.stop)
    places = opened.pyramid().places[rows]
    return np.column_stack([places, opened.atlas.seconds[rows]]).astype(np.float32)


def _time(opened: OpenMap, number: int, frame: int, seconds: float) -> str:
    if opened.sources[number].kind == "photos":
        return display_name(Path(opened.atlas.origins[frame].name).name)
    return clock(seconds, 2, hours=True)
