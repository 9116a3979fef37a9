"""Which frames are kept: the first in each interval of time, and those that stand still."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

LONGEST_EXPRESSION = 300
"""Frames that one expression may name: it is evaluated for every decoded frame."""


@dataclass(frozen=True)
class KeepRule:
    """Divides time into intervals of 1/fps seconds and keeps the first frame in each.

    Interval k begins k/fps seconds after the first frame, whatever was kept before: a rounding
    error or a late frame never shifts those that follow, and a run that continues midway agrees
    with one from the beginning. Intervals centred on their ticks were tried: the first is then
    half as long, and the number of frames one too high. FFmpeg's expression and ``interval`` are
    the same arithmetic on doubles, operation by operation.

    Attributes:
        fps: Frames to keep per second.
        start: Seconds of the first frame, in the file's own time.
        time_base: Seconds per unit of presentation time.
        standing: Presentation times in seconds of frames that stand for one or more whole
            intervals without being the first in theirs; ascending.
        keys: Whether only key frames are kept.
        earliest: Seconds before which nothing is kept.
    """

    fps: float
    start: float
    time_base: Fraction
    standing: tuple[float, ...] = ()
    keys: bool = False
    earliest: float | None = None

    @property
    def slack(self) -> float:
        """Part of an interval by which a frame may be early: containers round times.

        Matroska stores 333 ms for a frame at 333.33: it is meant to be the first of interval 1.
        """
        return min(0.1, 0.5 * float(self.time_base) * self.fps)

    def interval(self, seconds: float) -> int:
        """Number of the interval in which a moment lies."""
        return math.floor((seconds - self.start) * self.fps + self.slack)

    def keeps(self, seconds: float, previous: float | None) -> bool:
        """Whether a frame is kept, given the time of the one kept before it."""
        if self.earliest is not None and seconds < self.earliest:
            return False
        if previous is None or self.interval(seconds) > self.interval(previous):
            return True
        return seconds < previous - self._rewind or self._stands(seconds)

    def is_stub(self, seconds: float, duration: float | None) -> bool:
        """Whether a frame opens a last interval that is less than half filled.

        It is left out, which makes the number of frames duration × fps, rounded.
        """
        if duration is None or self._stands(seconds):
            return False
        whole, part = divmod(duration * self.fps, 1.0)
        return part < 0.5 and self.interval(seconds) == whole > 0

    def kept(self, times: Sequence[float] | NDArray[np.float64]) -> list[float]:
        """Those of the frames shown at ``times``, in seconds, that are kept."""
        seconds = np.asarray(times, np.float64)
        if (seconds[1:] < seconds[:-1]).any():
            return self._kept_of_any(seconds.tolist())
        numbers = np.floor((seconds - self.start) * self.fps + self.slack)
        first = np.ones(len(seconds), bool)
        first[1:] = numbers[1:] > numbers[:-1]
        near = float(self.time_base) / 4
        for stands in self.standing:
            low, high = np.searchsorted(seconds, (stands - near, stands + near))
            first[low:high] = True
        return [float(value) for value in seconds[first]]

    def _kept_of_any(self, times: list[float]) -> list[float]:
        """The same for times that jump back."""
        kept: list[float] = []
        for seconds in times:
            if self.keeps(seconds, kept[-1] if kept else None):
                kept.append(seconds)
        return kept

    def expression(self) -> str:
        """The rule as an expression for FFmpeg's filter ``select``."""
        terms = [
            "isnan(t)",
            "isnan(prev_selected_t)",
            f"gt({self._interval_of('t')},{self._interval_of('prev_selected_t')})",
            f"lt(t,prev_selected_t-{self._rewind!r})",
        ]
        near = float(self.time_base) / 4
        terms += [f"lt(abs(t-{seconds!r}),{near!r})" for seconds in self.standing]
        kept = "+".join(terms)
        if self.keys:
            kept = f"key*({kept})"
        return kept if self.earliest is None else f"gte(t,{self.earliest!r})*({kept})"

    @property
    def _rewind(self) -> float:
        """Seconds of a jump backwards that mean a new recording, not a frame out of order."""
        return 1.0 + 1.0 / self.fps

    def _interval_of(self, name: str) -> str:
        return f"floor(({name}-({self.start!r}))*{self.fps!r}+{self.slack!r})"

    def _stands(self, seconds: float) -> bool:
        near = float(self.time_base) / 4
        place = bisect_left(self.standing, seconds - near)
        return place < len(self.standing) and self.standing[place] < seconds + near


def standing_frames(
    rule: KeepRule, times: Sequence[float] | NDArray[np.float64]
) -> tuple[float, ...]:
    """Find the frames that stand for whole intervals but would not be kept.

    In a screen recording something moves, and then nothing for a minute: what is seen during
    that minute is the last frame of the movement, not the first.

    Args:
        rule: The rule for constant frame rates.
        times: Seconds at which frames are shown, ascending.
    """
    seconds = np.asarray(times, np.float64)
    numbers = np.floor((seconds - rule.start) * rule.fps + rule.slack)
    before, this, after = numbers[:-2], numbers[1:-1], numbers[2:]
    found = 1 + np.flatnonzero((this <= before) & (after > this + 1))
    lengths = seconds[found + 1] - seconds[found]
    # The longest, and of equal ones the latest: expressions name only so many.
    order = np.lexsort((seconds[found], lengths))[::-1][:LONGEST_EXPRESSION]
    return tuple(sorted(float(value) for value in seconds[found[order]]))
