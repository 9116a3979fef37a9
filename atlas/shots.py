"""The shots of an atlas: which shot each frame belongs to, and the best frame of each."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.frame_step import frame_step
from frameatlas.store.shot_table import BEGINNINGS, ShotTable, read_shots


@dataclass(frozen=True)
class Shot:
    """One shot of a video.

    Attributes:
        source: Number of its video among the atlas' sources.
        number: Its place within the video, from 0.
        begin: Seconds at which its first frame is shown.
        end: Seconds at which its last frame is shown; ``until`` says when it is shown no more.
        until: Seconds at which the next shot begins, or the video ends.
        beginning: "start", "cut", "fade" or "dissolve".
        strength: How unlike the shot before, in levels.
        frames: The atlas' frames that lie in it; empty where it is shorter than their distance.
    """

    source: int
    number: int
    begin: float
    end: float
    until: float
    beginning: str
    strength: float
    frames: range


class Shots:
    """All shots of an atlas; a photo is a shot of its own, and a video without shots one shot.

    Args:
        atlas: The atlas.
    """

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas
        self._tables: dict[int, ShotTable | None] = {}
        self._listed: dict[int, list[Shot]] = {}

    def table_of(self, source: int) -> ShotTable | None:
        """The stored shots of a source; None where nobody looked for them.

        Raises:
            DamagedAtlasError: The file is not what was written.
        """
        if source not in self._tables:
            place = self.atlas.folder / "sources" / self.atlas.sources[source].id
            video = self.atlas.sources[source].kind == "video"
            self._tables[source] = read_shots(place) if video else None
        return self._tables[source]

    @property
    def known(self) -> bool:
        """Whether the shots of any video are known."""
        return any(self.table_of(number) is not None for number in range(len(self.atlas.sources)))

    def of_source(self, source: int) -> list[Shot]:
        """The shots of a video, in order; none where nobody looked for them."""
        if source not in self._listed:
            table = self.table_of(source)
            self._listed[source] = [] if table is None else self._shots_in(source, table)
        return self._listed[source]

    def _shots_in(self, source: int, table: ShotTable) -> list[Shot]:
        base = float(table.time_base)
        begins, ends = table.first * base, table.last * base
        duration = self.atlas.sources[source].duration
        stop = max(float(ends[-1]), (duration or 0.0) + float(begins[0]))
        untils = np.append(begins[1:], stop)
        bounds = self._bounds(source, table)
        return [
            Shot(
                source,
                number,
                float(begins[number]),
                float(ends[number]),
                float(untils[number]),
                BEGINNINGS[table.kind[number]],
                float(table.strength[number]),
                range(bounds[number], bounds[number + 1]),
            )
            for number in range(len(table))
        ]

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """int64 of shape (n,): for each frame a number of its shot, unique in the atlas."""
        found = np.zeros(len(self.atlas), np.int64)
        total = 0
        for source in range(len(self.atlas.sources)):
            frames = self.atlas.range_of(source)
            part = found[frames.start : frames.stop]
            table = self.table_of(source)
            if self.atlas.sources[source].kind == "photos":
                part[:] = total + np.arange(len(frames))
                total += len(frames)
                continue
            if table is not None:
                bounds = np.array(self._bounds(source, table)) - frames.start
                part[:] = np.searchsorted(bounds[1:-1], np.arange(len(frames)), side="right")
            part += total
            total += 1 if table is None else len(table)
        return found

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        """int64 of shape (n,), rising: as ``numbers``, but a video without known shots is in parts.

        Each of its frames is a group of its own: what nobody knows makes no two frames one.
        """
        changes = np.diff(self.numbers, prepend=-1) > 0
        for number in range(len(self.atlas.sources)):
            if self.table_of(number) is None:
                frames = self.atlas.range_of(number)
                changes[frames.start : frames.stop] = True
        return np.cumsum(changes) - 1

    def shot_of(self, frame: int) -> Shot | None:
        """The shot of a frame; None where the shots of its video are not known."""
        shots = self.of_source(int(self.atlas.source_numbers[frame]))
        place = bisect_right(shots, frame, key=lambda shot: shot.frames.stop)
        return shots[place] if place < len(shots) and frame in shots[place].frames else None

    def snapped(self, source: int, begin: float, end: float) -> tuple[float, float]:
        """A span of video widened to the shots that it touches by more than a frame."""
        slack = 0.5 * frame_step(self.atlas, source)
        shots = self.of_source(source)
        touched = [s for s in shots if s.until > begin + slack and s.begin < end - slack]
        touched = touched or [s for s in shots if s.begin <= begin < s.until]
        if not touched:
            return begin, end
        return touched[0].begin, touched[-1].until

    def _bounds(self, source: int, table: ShotTable) -> list[int]:
        """First frame of each shot, and the one after the last of all."""
        frames = self.atlas.range_of(source)
        seconds = self.atlas.seconds[frames.start : frames.stop]
        firsts = table.first[1:] * float(table.time_base) - 1e-6
        places = np.searchsorted(seconds, firsts, side="left") + frames.start
        return [frames.start, *(int(place) for place in places), frames.stop]


def one_per_shot(shots: Shots, frames: Sequence[int]) -> list[int]:
    """Places in a list of frames, the best first, that keep one of each shot."""
    seen: set[int] = set()
    kept: list[int] = []
    for place, frame in enumerate(frames):
        number = int(shots.numbers[frame])
        if number not in seen:
            seen.add(number)
            kept.append(place)
    return kept


def best_frames(shots: Shots, among: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """The frame that shows each shot best: sharp, near the middle, and neither black nor even.

    Args:
        shots: Of an atlas.
        among: bool of shape (n,): the frames that may be taken; all by default.

    Returns:
        int64, rising: one frame for each shot that has any; a photo stands for itself.
    """
    frames = np.arange(len(shots.numbers)) if among is None else np.flatnonzero(among)
    if not len(frames):
        return np.zeros(0, np.int64)
    starts = np.flatnonzero(np.diff(shots.numbers[frames])) + 1
    return np.array([_best(shots.atlas, own) for own in np.split(frames, starts)], np.int64)


MOST_LOOKED_AT = 9
"""Frames of a shot of which the best is taken."""


def _best(atlas: Atlas, frames: NDArray[np.int64]) -> int:
    if len(frames) < 2:
        return int(frames[0])
    picked = frames[np.unique(np.linspace(0, len(frames) - 1, MOST_LOOKED_AT).round().astype(int))]
    start, stop = int(frames[0]), int(frames[-1]) + 1
    worth = [_worth(atlas, int(frame), start, stop) for frame in picked]
    return int(picked[int(np.argmax(worth))])


def _worth(atlas: Atlas, frame: int, start: int, stop: int) -> float:
    """Sharpness, less for what lies near a change of shot; next to none for an even picture."""
    x, y, width, height = (int(value) for value in atlas.boxes[frame])
    picture = np.asarray(atlas.frames[frame])[y : y + height, x : x + width]
    bright = picture.astype(np.float32).mean(2)
    steps = float(np.abs(np.diff(bright, axis=0)).mean() + np.abs(np.diff(bright, axis=1)).mean())
    place = (frame - start) / (stop - start - 1)
    return steps * (1 - abs(2 * place - 1) ** 2 * 0.5) * min(1.0, float(bright.std()) / 10)
