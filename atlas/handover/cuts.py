"""Stretches of video to be cut out: from frames, with handles, merged, snapped to shots."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import InputError
from frameatlas.frame_step import frame_step, frame_steps
from frameatlas.handover.timecode import USUAL
from frameatlas.shots import Shots

LONGEST_GAP = 3.0
"""Steps between frames beyond which a stretch ends, though no frame was left out."""

_GRAIN = 1_000_000_000
"""Seconds are kept as fractions of so fine a grain: floating point came before."""


@dataclass(frozen=True)
class Media:
    """A video file as a cut list speaks of it.

    Attributes:
        path: The file.
        start: Seconds at which its first frame is shown, in the file's own time.
        duration: Seconds that it lasts.
        rate: Frames a second; of a varying rate, the nearest standard one.
        width: Pixels across, 0 where unknown.
        height: Pixels down, 0 where unknown.
    """

    path: Path
    start: Fraction
    duration: Fraction
    rate: Fraction
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Cut:
    """A stretch of a video.

    Attributes:
        media: The video.
        begin: Seconds since its first frame.
        end: The same, of the first frame that is not in it.
        name: What to call it.
    """

    media: Media
    begin: Fraction
    end: Fraction
    name: str = ""

    @property
    def first(self) -> int:
        """Number of its first frame in the video's own rate."""
        return round(self.begin * self.media.rate)

    @property
    def frames(self) -> int:
        """Frames that it has in the video's own rate; one at least."""
        return max(1, round(self.end * self.media.rate) - self.first)


@dataclass(frozen=True)
class Stretch:
    """A stretch of one of the atlas' videos, in seconds of the file's own time.

    Attributes:
        source: Number of the video.
        begin: Seconds.
        end: Seconds.
        name: What to call it; "" takes the video's name.
    """

    source: int
    begin: float
    end: float
    name: str = ""


@dataclass(frozen=True)
class CutOptions:
    """How stretches become cuts.

    Attributes:
        handles: Seconds added before and after each, as far as the video reaches.
        merge: Gaps of at most so many seconds between stretches of one video are closed.
        snap: "none", or "shots": each is widened to the shots that it touches.
    """

    handles: float = 0.0
    merge: float = 0.0
    snap: str = "none"

    def __post_init__(self) -> None:
        if not 0 <= self.handles <= 3600 or not 0 <= self.merge <= 86_400:
            raise InputError(
                "Expected --handles of 0 to 3600 and --merge of 0 to 86400 seconds. Received: "
                f"{self.handles:g} and {self.merge:g}; 1 is usual for handles."
            )


RateOf = Callable[[int], Fraction | None]
"""Frames a second of a source by its number; None where it is not known."""


def stretches_of(atlas: Atlas, frames: NDArray[np.int64]) -> Iterator[Stretch]:
    """Consecutive frames as stretches; photos have no time and are left out.

    Args:
        atlas: The atlas.
        frames: int64, rising.
    """
    if not len(frames):
        return
    numbers, seconds = atlas.source_numbers[frames], atlas.seconds[frames]
    apart = (np.diff(frames) > 1) | (np.diff(numbers) != 0)
    steps = frame_steps(atlas, numbers)
    apart |= np.diff(seconds) > LONGEST_GAP * steps[:-1]
    edges = [0, *(np.flatnonzero(apart) + 1).tolist(), len(frames)]
    for start, stop in pairwise(edges):
        number = int(numbers[start])
        if atlas.sources[number].kind == "video":
            yield Stretch(
                number, float(seconds[start]), float(seconds[stop - 1]) + float(steps[start])
            )


def whole_videos(atlas: Atlas, sources: Iterable[int]) -> Iterator[Stretch]:
    """Videos from their first to their last frame; photos have no time and are left out."""
    for number in sources:
        own, video = atlas.range_of(number), atlas.sources[number]
        if video.kind != "video" or not len(own):
            continue
        first, last = float(atlas.seconds[own.start]), float(atlas.seconds[own.stop - 1])
        length = video.duration or last - first + frame_step(atlas, number)
        yield Stretch(number, first, first + length)


def cuts_of(
    atlas: Atlas,
    stretches: Iterable[Stretch],
    options: CutOptions,
    rate_of: RateOf = lambda _: None,
) -> list[Cut]:
    """Stretches as cuts, in their order; what of one video then overlaps is joined.

    Args:
        atlas: The atlas.
        stretches: Of its videos.
        options: Handles, gaps and shots.
        rate_of: Says the frame rate of a source.

    Raises:
        InputError: There is none.
    """
    shots = Shots(atlas) if options.snap == "shots" else None
    medias: dict[int, Media] = {}
    wide = [_widened(atlas, one, options, shots) for one in stretches]
    cuts = []
    for one in _merged(wide, options.merge):
        media = medias.setdefault(one.source, media_of(atlas, one.source, rate_of(one.source)))
        begin = max(Fraction(0), _exact(one.begin) - media.start)
        end = min(media.duration, _exact(one.end) - media.start)
        end = max(end, begin + 1 / media.rate)
        cuts.append(Cut(media, begin, end, one.name or media.path.name))
    if not cuts:
        raise InputError(
            "Expected some video to cut. Received: none; photos have no time. Choose other frames."
        )
    return cuts


def media_of(atlas: Atlas, source: int, rate: Fraction | None) -> Media:
    """What a cut list says of a source's file."""
    video = atlas.sources[source]
    frames = atlas.range_of(source)
    first = float(atlas.seconds[frames.start]) if len(frames) else 0.0
    last = float(atlas.seconds[frames.stop - 1]) if len(frames) else 0.0
    start = _exact(first)
    length = video.duration or last - first + frame_step(atlas, source)
    return Media(
        Path(video.path),
        start,
        _exact(length),
        rate or USUAL.rate,
        video.width,
        video.height,
    )


def _widened(atlas: Atlas, one: Stretch, options: CutOptions, shots: Shots | None) -> Stretch:
    begin, end = one.begin, one.end
    if shots is not None:
        begin, end = shots.snapped(one.source, begin, end)
    frames = atlas.range_of(one.source)
    first = float(atlas.seconds[frames.start]) if len(frames) else begin
    return replace(one, begin=max(first, begin - options.handles), end=end + options.handles)


def _merged(stretches: Sequence[Stretch], gap: float) -> list[Stretch]:
    """Join what overlaps, or lies no farther apart than ``gap``, of neighbours in the list."""
    joined: list[Stretch] = []
    for one in stretches:
        last = joined[-1] if joined else None
        after = last is not None and last.source == one.source and one.begin >= last.begin
        if last is not None and after and one.begin <= last.end + gap:
            joined[-1] = replace(last, end=max(last.end, one.end))
        else:
            joined.append(one)
    return joined


def _exact(seconds: float) -> Fraction:
    return Fraction(round(seconds * _GRAIN), _GRAIN)
