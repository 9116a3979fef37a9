"""Frames of a second as editing programs count them, and which of them a cut list takes."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.originals import Originals
from frameatlas.browser.view.selection import Span
from frameatlas.errors import FrameatlasError

_NTSC = Fraction(1000, 1001)


@dataclass(frozen=True)
class Timebase:
    """A rate that timecodes are counted in, without dropping numbers.

    Attributes:
        rate: Frames a second.
    """

    rate: Fraction

    @property
    def count(self) -> int:
        """Frames of a timecode's second: 30 for 29.97 too, whose clock runs behind."""
        return round(self.rate)

    def frames(self, seconds: float) -> int:
        """Number of the frame that is shown at a time."""
        return round(seconds * self.rate)

    def __str__(self) -> str:
        return f"{float(self.rate):.3f}".rstrip("0").rstrip(".")


STANDARD = tuple(
    Timebase(rate)
    for rate in (24 * _NTSC, *map(Fraction, (24, 25)), 30 * _NTSC, Fraction(30))
    + (*map(Fraction, (48, 50)), 60 * _NTSC, Fraction(60))
)
"""The timebases of film and television."""

USUAL = Timebase(Fraction(25))
"""Where nobody knows."""

RateOf = Callable[[int], Fraction | None]
"""Frames a second of a source by its number; None where it is not known."""


def timebase_of(rate: Fraction | None) -> Timebase:
    """The standard timebase nearest to a rate; of half or double rates, one that holds them."""
    if rate is None or rate <= 0:
        return USUAL
    while rate < Fraction(23):
        rate *= 2
    while rate > Fraction(61):
        rate /= 2
    return min(STANDARD, key=lambda base: abs(base.rate - rate))


def timebase_of_spans(spans: Iterable[Span], rate_of: RateOf) -> Timebase:
    """The timebase of most of what is cut; 25 where no rate is known."""
    seconds: Counter[Timebase] = Counter()
    rates = {span.source: rate_of(span.source) for span in spans}
    for span in spans:
        rate = rates[span.source]
        if rate is not None:
            seconds[timebase_of(rate)] += round(1000 * (span.end - span.begin))
    return seconds.most_common(1)[0][0] if seconds else USUAL


def rates_of_originals(
    opened: OpenMap, originals: Originals, probe: Callable[[Path], Fraction | None] | None
) -> RateOf:
    """Asks the videos themselves, each once, where they are as they were indexed.

    Args:
        opened: The map.
        originals: Finds the videos.
        probe: Says the rate of a video file; without it nothing is known.
    """
    known: dict[int, Fraction | None] = {}

    def rate_of(number: int) -> Fraction | None:
        if probe is None:
            return None
        if number not in known:
            try:
                known[number] = probe(originals.path_of(opened, number))
            except FrameatlasError:
                known[number] = None
        return known[number]

    return rate_of
