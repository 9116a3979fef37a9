"""Lines: a clip's seconds against a video's seconds, where one shows the other at a steady speed.

A line is looked for coarsely, by adding up evidence along all of them, and then placed between the
frames by the way both change: what is constant in each (bars, a logo, greyness, a scene that
stands still) is taken out, and the rest must change alike at the same moments.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.geometry.directions import directions
from frameatlas.search.clip_evidence import Weighed

COARSE_SPEEDS = (0.9, 1.0, 1.1)
FINE_SPEEDS = np.round(np.arange(0.88, 1.1201, 0.02), 2)
"""Speeds tried: 10 % either way, and a little beyond."""

SHORT = 8.0
"""Seconds up to which all speeds are tried."""

PLACED_BY = 256
"""Frames, evenly chosen, that place a line."""

WORST = -0.5
"""Least evidence of a frame: a moment that was cut out must not outweigh ten that match."""


@dataclass(frozen=True)
class Line:
    """Where a clip's seconds lie in a video.

    Attributes:
        offset: The video's second at second 0 of the clip.
        speed: Seconds of the video shown in one of the clip.
    """

    offset: float
    speed: float

    def at(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """The video's seconds at seconds of the clip."""
        return self.offset + self.speed * seconds

    def there(self, second: float) -> float:
        """The video's second at one second of the clip."""
        return self.offset + self.speed * second


@dataclass(frozen=True, eq=False)
class Track:
    """A video's frames.

    Attributes:
        scores: float32 of shape (n, k).
        seconds: float64 of shape (n,), ascending.
        step: Seconds between frames, ordinarily.
    """

    scores: NDArray[np.float32]
    seconds: NDArray[np.float64]
    step: float

    def between(self, seconds: NDArray[np.float64]) -> NDArray[np.float32]:
        """Scores at any moments, float32 of shape (…, k), mixed from the frames around each."""
        after = np.clip(np.searchsorted(self.seconds, seconds), 1, max(len(self.seconds) - 1, 1))
        before = after - 1
        after = np.minimum(after, len(self.seconds) - 1)
        gap = np.maximum(self.seconds[after] - self.seconds[before], 1e-9)
        share = np.clip((seconds - self.seconds[before]) / gap, 0, 1)[..., None].astype(np.float32)
        return np.asarray(self.scores[before] * (1 - share) + self.scores[after] * share)

    def covers(self, seconds: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether moments lie within the video, half a step of grace at both ends."""
        within: NDArray[np.bool_] = (seconds >= self.seconds[0] - self.step / 2) & (
            seconds <= self.seconds[-1] + self.step
        )
        return within

    @cached_property
    def _sums(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Sums of all scores, and of their squares, before each frame."""
        scores = self.scores.astype(np.float64)
        zero = np.zeros((1, scores.shape[1]))
        squares = np.concatenate([[0.0], np.cumsum(np.square(scores).sum(axis=1))])
        return np.concatenate([zero, np.cumsum(scores, axis=0)]), squares

    def spread(self, firsts: NDArray[np.int64], count: int) -> NDArray[np.float64]:
        """How far so many frames from each first one lie from their mean, together."""
        sums, squares = self._sums
        lasts = np.minimum(firsts + count, len(self.scores))
        frames = np.maximum(lasts - firsts, 1)
        mean = np.square(sums[lasts] - sums[firsts]).sum(axis=1) / frames
        apart = squares[lasts] - squares[firsts] - mean
        return np.asarray(np.sqrt(np.maximum(apart, 1e-3)), np.float64)


def coarse_lines(
    weighed: Weighed,
    scores: NDArray[np.float32],
    rows: slice,
    track: Track,
    least: float,
    most: int,
) -> list[tuple[float, Line]]:
    """The likeliest lines through some of a clip's frames: by evidence and by common change.

    Args:
        weighed: The clip.
        scores: Its scores, float32 of shape (n, k).
        rows: Its frames that are looked at.
        track: The video.
        least: Mean evidence that a line must have.
        most: How many lines to give; they lie a second apart at least.

    Returns:
        Half the sum of mean evidence and likeness of change, and the line; the best first.
    """
    times, weights = weighed.seconds[rows], weighed.weights[rows]
    step, length = track.step / 2, float(times[-1] - times[0])
    grid = np.arange(track.seconds[0] - length, track.seconds[-1] + 1.2 * length, step)
    nearest = np.searchsorted((track.seconds[1:] + track.seconds[:-1]) / 2, grid)
    inside = track.covers(grid)
    cosines = weighed.unit[rows] @ directions(track.scores).T
    evidence = np.maximum(weighed.evidence(cosines, rows), WORST) * weights[:, None]
    away = scores[rows] - scores[rows].mean(axis=0)
    away /= max(float(np.linalg.norm(away)), 1e-6)
    changes = (away @ track.scores.T)[:, nearest]
    along = np.where(inside, evidence[:, nearest] / max(float(weights.sum()), 1e-9), 0.0)
    spread = track.spread(nearest, len(times))
    found: list[tuple[float, Line]] = []
    for speed in COARSE_SPEEDS:
        shifts = np.round(speed * (times - times[0]) / step).astype(int)
        total = _along_lines(along, shifts)
        alike = _along_lines(changes, shifts) / spread[: len(total)]
        value = np.where(total < least, -1.0, (total + alike) / 2)
        for place in np.argsort(-value)[: 8 * most]:
            if value[place] >= 0:
                line = Line(float(grid[place] - speed * times[0]), speed)
                found.append((float(value[place]), line))
    return _apart(sorted(found, key=lambda one: -one[0]), float(times.mean()), most)


def _along_lines(values: NDArray[Any], shifts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sums over rows, each shifted to the left: one sum for each place where a line may begin."""
    total = np.zeros(values.shape[1] - int(shifts[-1]))
    for row, shift in zip(values, shifts, strict=True):
        total += row[shift : shift + len(total)]
    return total


def _apart(found: list[tuple[float, Line]], middle: float, most: int) -> list[tuple[float, Line]]:
    chosen: list[tuple[float, Line]] = []
    for value, line in found:
        if all(abs(line.there(middle) - other.there(middle)) >= 1 for _, other in chosen):
            chosen.append((value, line))
            if len(chosen) == most:
                break
    return chosen


def align_line(
    weighed: Weighed, scores: NDArray[np.float32], rows: slice, track: Track, about: Line
) -> tuple[Line, float]:
    """The line near another along which clip and video change most alike.

    Args:
        weighed: The clip.
        scores: Its scores, float32 of shape (n, k).
        rows: Its frames that are looked at; the more there are, the finer the speed.
        track: The video.
        about: The line to begin with.

    Returns:
        The line, and how alike both change along it: -1 to 1.
    """
    chosen = np.unique(np.linspace(rows.start, rows.stop - 1, PLACED_BY).round().astype(int))
    times = weighed.seconds[chosen]
    middle = float(times.mean())
    here = about.offset + about.speed * middle
    around = here + np.arange(-1.0, 1.0001, track.step / 4)
    root = np.sqrt(weighed.weights[chosen] + 1e-6)[:, None].astype(np.float32)
    clip = _changes(scores[chosen], root)
    best, most = about, -2.0
    for speed in _speeds(about.speed, float(times[-1] - times[0])):
        moments = around[:, None] + speed * (times - middle)
        inside = track.covers(moments).mean(axis=1) > 0.7
        if not inside.any():
            continue
        video = _changes(track.between(moments[inside]), root)
        alike = np.einsum("nk,onk->o", clip, video)
        # At equal likeness the ordinary speed is the likelier one.
        alike = alike - 0.15 * abs(speed - 1)
        place = int(alike.argmax())
        if alike[place] > most:
            most = float(alike[place])
            middle_there = around[inside][place]
            best = Line(float(middle_there - speed * middle), float(speed))
    return best, most


def _speeds(about: float, length: float) -> NDArray[np.float64]:
    """Speeds to try: all of them of a short stretch; of a long one those that move its ends a bit.

    A stretch grew along a line that was right to a second at its ends, so theirs are moved by up
    to a second, in steps of a tenth.
    """
    if length <= SHORT:
        return FINE_SPEEDS
    return np.clip(about + np.arange(-10, 11) * (0.2 / length), FINE_SPEEDS[0], FINE_SPEEDS[-1])


def _changes(scores: NDArray[np.float32], root: NDArray[np.float32]) -> NDArray[np.float32]:
    """What changes in a run of frames, weighted, of length 1 as a whole; the mean taken out."""
    weight = root**2
    mean = (scores * weight).sum(axis=-2, keepdims=True) / weight.sum()
    away = (scores - mean) * root
    length = np.sqrt(np.square(away).sum(axis=(-2, -1), keepdims=True))
    return np.asarray(away / np.maximum(length, 1e-6), np.float32)
