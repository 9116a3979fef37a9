"""From sketches to the shots of a video, a part at a time: a film's length costs no memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from frameatlas.embedder.shots.changes import find_changes
from frameatlas.embedder.shots.differences import Planes
from frameatlas.embedder.shots.sketches import Sketches, SketchFiles
from frameatlas.store.shot_table import BEGINNINGS, SHOTS_FILE, ShotTable, write_shots

MARGIN = 256
"""Frames before and after that decide what happens at a place."""


@dataclass(frozen=True)
class TimedChange:
    """A change of shot by its presentation times.

    Attributes:
        begin: Of the last frame that is all of the shot before.
        last: Of the shot's last frame.
        first: Of the new shot's first frame.
        end: Of the first frame that is all of the new shot.
        kind: "cut", "fade" or "dissolve".
        strength: How unlike both are, in levels.
    """

    begin: int
    last: int
    first: int
    end: int
    kind: str
    strength: float


def find_shots(
    parts: Iterable[Sketches], time_base: Fraction, *, every_frame: bool = True
) -> ShotTable | None:
    """The shots of a video; None where it has no frames.

    Args:
        parts: Sketches of its frames in order, some thousand at a time.
        time_base: Seconds per unit of their times.
        every_frame: Whether they are all of its frames.
    """
    ends: list[int] = []
    changes = list(_changes(parts, ends))
    if not ends:
        return None
    first = [ends[0], *(change.first for change in changes)]
    return ShotTable(
        first=np.array(first, np.int64),
        last=np.array([*(change.last for change in changes), ends[1]], np.int64),
        begin=np.array([ends[0], *(change.begin for change in changes)], np.int64),
        end=np.array([ends[0], *(change.end for change in changes)], np.int64),
        kind=np.array([0, *(BEGINNINGS.index(change.kind) for change in changes)], np.uint8),
        strength=np.array([0, *(change.strength for change in changes)], np.float32),
        time_base=time_base,
        every_frame=every_frame,
    )


def _changes(parts: Iterable[Sketches], ends: list[int]) -> Iterator[TimedChange]:
    """Changes as the frames come; puts the first and the last frame's time into ``ends``."""
    held: Sketches | None = None
    done = 0
    for part in parts:
        ends[:] = [ends[0] if ends else int(part.pts[0]), int(part.pts[-1])]
        held = part if held is None else held.followed_by(part)
        limit = len(held) - MARGIN
        if limit <= done:
            continue
        yield from _timed(held, done, limit)
        start = max(0, limit - MARGIN)
        held, done = held[start:], limit - start
    if held is not None:
        yield from _timed(held, done, len(held))


def _timed(sketches: Sketches, start: int, stop: int) -> Iterator[TimedChange]:
    """Changes whose first frame lies between two places."""
    pts = sketches.pts
    for change in find_changes(Planes.of(sketches.luma, sketches.chroma)):
        if start <= change.first < stop:
            yield TimedChange(
                begin=int(pts[change.begin]),
                last=int(pts[change.first - 1]),
                first=int(pts[change.first]),
                end=int(pts[change.end]),
                kind=change.kind,
                strength=change.strength,
            )


def keep_shots(sketches: SketchFiles, place: Path | None = None) -> ShotTable | None:
    """Find the shots of what was sketched and store them.

    Args:
        sketches: Of one video.
        place: The folder of the source; without it, that of the sketches.

    Returns:
        The shots; None where there are no sketches, or a run did not join the one before.
    """
    place = place or sketches.folder
    table = find_shots(sketches.parts(), sketches.time_base, every_frame=sketches.every_frame)
    if table is None or sketches.holes:
        table = None
        (place / SHOTS_FILE).unlink(missing_ok=True)
    else:
        write_shots(place, table)
    return table
