"""Where key frames lie further apart than ten seconds, what is between them is decoded as well."""

import math
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.decode.decode_plan import DecodePlan
from frameatlas.embedder.decode.frame_selection import standing_frames
from frameatlas.embedder.decode.kept_frame import KeptFrame

GAP_SECONDS = 10.0
"""Between two kept frames there are at most so many seconds, where the video has frames."""

_SOONEST = 1.0
"""Seconds after a key frame at which the first frame of its gap may lie."""

_INDEXED = ("mov,", "matroska")
"""Containers that seek to the very key frame that is asked for; asked a little after it, since
FFmpeg goes back a little where frames are reordered."""

_AFTER = -0.2
_MARGINS = (2.0, 20.0)
"""Seconds before a key frame to which to seek, in turn until decoding began at it or before."""

Run = Callable[[DecodePlan], Generator[KeptFrame, None, None]]
"""Runs FFmpeg by a plan."""


@dataclass(frozen=True)
class Gap:
    """A stretch of video without key frames.

    Attributes:
        begin: Seconds of the key frame before it; None at the beginning of a video.
        stop: Seconds of the key frame after it, or where the video ends.
        anchor: Seconds of the first frame that is wanted, if it is not too near to ``begin``:
            counted back from ``stop``, since the last ten seconds then need no decoding.
        count: Frames that are wanted.
    """

    begin: float | None
    stop: float
    anchor: float
    count: int

    @classmethod
    def between(cls, begin: float, stop: float) -> "Gap":
        """The gap between two key frames."""
        count = math.ceil((stop - begin) / GAP_SECONDS - 1e-9) - 1
        return cls(begin, stop, stop - count * GAP_SECONDS, count)

    @classmethod
    def at_start(cls, start: float, stop: float) -> "Gap":
        """The gap before the first key frame that is shown: the very first frame is wanted too."""
        count = max(1, math.ceil((stop - start) / GAP_SECONDS - 1e-9))
        return cls(None, stop, stop - count * GAP_SECONDS, count)

    @property
    def earliest(self) -> float:
        """Seconds before which no frame is wanted."""
        if self.begin is None:
            return -math.inf
        return max(self.anchor, self.begin + _SOONEST)


class GapFiller:
    """Puts frames between key frames that lie too far apart.

    Args:
        plan: How the key frames are decoded.
        run: Runs FFmpeg by a plan.
        end: Seconds at which the last frame ends, None where that is not known.
        times: float64, seconds at which all frames are shown, ascending.

    Attributes:
        unfilled: Stretches left without frames, seconds from and to.
        key_frames: How many key frames came.
    """

    def __init__(
        self, plan: DecodePlan, run: Run, end: float | None, times: NDArray[np.float64]
    ) -> None:
        self._plan, self._run, self._end, self._times = plan, run, end, times
        self.unfilled: list[tuple[float, float]] = []
        self.key_frames = 0

    def filled(self, frames: Iterator[KeptFrame]) -> Iterator[KeptFrame]:
        """Key frames as they come, and what is put between them."""
        last: float | None = None
        for frame in frames:
            for gap in self._gap(last, frame.seconds):
                yield from self._fill(gap)
            yield frame
            last = frame.seconds
            self.key_frames += 1
        if self._end is not None:
            for gap in self._gap(last, self._end):
                yield from self._fill(gap)

    def _gap(self, last: float | None, stop: float) -> list[Gap]:
        """The gap between two moments, where it is one."""
        if last is not None:
            return [Gap.between(last, stop)] if stop - last > GAP_SECONDS + 1e-6 else []
        start = self._plan.rule.start
        if self._plan.seek is not None or stop - start <= 1 / self._plan.rule.fps:
            return []
        return [Gap.at_start(start, stop)]

    def _fill(self, gap: Gap) -> Iterator[KeptFrame]:
        """Decode a gap until the last of its frames has come."""
        last = gap.begin
        plans = list(self._plans(gap))
        for number, plan in enumerate(plans, 1):
            for frame in self._within(gap, plan, certain=number == len(plans)):
                last = frame.seconds
                yield frame
            if last != gap.begin:
                break
        last = self._plan.rule.start if last is None else last
        if gap.stop - last > GAP_SECONDS + 1e-6:
            self.unfilled.append((last, gap.stop))

    def _within(self, gap: Gap, plan: DecodePlan, *, certain: bool) -> Iterator[KeptFrame]:
        """Frames of a gap by one plan; none where it may have begun too late to show the first."""
        with closing(self._run(plan)) as frames:
            for frame in frames:
                place = plan.rule.interval(frame.seconds)
                if frame.seconds >= gap.stop - 1e-6 or (place > 0 and not certain):
                    return
                certain = True
                yield frame
                if place >= gap.count - 1:
                    return

    def _plans(self, gap: Gap) -> Iterator[DecodePlan]:
        """Ways to decode a gap, the cheapest first."""
        start = self._plan.rule.start if gap.begin is None else gap.begin
        rule = replace(self._plan.rule, fps=1 / GAP_SECONDS, start=gap.anchor, keys=False)
        within = (self._times >= start - 1e-6) & (self._times <= gap.stop + 1e-6)
        rule = replace(rule, standing=standing_frames(rule, self._times[within]))
        if gap.begin is None:
            yield replace(self._plan, rule=rule, seek=None, skip_frame="default")
            return
        earliest = min(gap.earliest, *(at - 1e-6 for at in rule.standing[:1]), math.inf)
        rule = replace(rule, earliest=earliest)
        exact = self._plan.probe.container.startswith(_INDEXED)
        for margin in (_AFTER, *_MARGINS) if exact else _MARGINS:
            seek: float | None = gap.begin - margin
            if seek is not None and seek <= self._plan.probe.start and margin > 0:
                seek = None
            yield replace(self._plan, rule=rule, seek=seek, skip_frame="default")
