"""Frames, rates and timecodes as editing programs count them.

Timecode of 29.97 and 59.94 Hz may drop numbers to stay with the clock: SMPTE ST 12-1 leaves out the
first two (four) of every minute but each tenth.
"""

from dataclasses import dataclass
from fractions import Fraction

_NTSC = Fraction(1000, 1001)


@dataclass(frozen=True)
class Timebase:
    """A rate that frames are counted in.

    Attributes:
        rate: Frames a second, exact: 24000/1001 is not 23.976.
        drop: Whether timecodes drop numbers.
    """

    rate: Fraction
    drop: bool = False

    @property
    def count(self) -> int:
        """Frames of a timecode's second: 30 for 29.97 too."""
        return max(1, round(self.rate))

    def frames(self, seconds: Fraction) -> int:
        """Number of the frame that begins nearest to a time."""
        return round(seconds * self.rate)

    def seconds(self, frames: int) -> Fraction:
        """Time at which a frame begins."""
        return frames / self.rate

    def timecode(self, frames: int) -> str:
        """Hours, minutes, seconds and frames; a day's end wraps, as clocks do."""
        number = max(0, frames)
        if self.drop:
            number = with_dropped(number, self.count)
        seconds, frame = divmod(number, self.count)
        minutes, second = divmod(seconds, 60)
        hours, minute = divmod(minutes, 60)
        sign = ";" if self.drop else ":"
        return f"{hours % 24:02d}:{minute:02d}:{second:02d}{sign}{frame:02d}"

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


_NEAR = 3e-4
"""Part by which a container's rate may miss the one meant: 24 and 23.976 are 0.001 apart."""


def counted_rate(rate: Fraction | None) -> Fraction | None:
    """The exact rate that a container's average means.

    A whole or half number of frames a second stays; where frames come at varying times, their times
    are counted in the nearest standard rate.
    """
    if rate is None or not 0 < rate <= 1000:
        return None
    nearest = min((base.rate for base in STANDARD), key=lambda one: abs(one - rate))
    plain = Fraction(round(2 * rate), 2)
    for meant in (nearest, plain):
        if meant and abs(meant - rate) <= _NEAR * rate:
            return meant
    return standard_timebase(rate).rate


def with_dropped(frames: int, count: int) -> int:
    """The number by which drop-frame timecode calls a frame.

    Args:
        frames: Frames since 00:00:00;00.
        count: 30 or 60.
    """
    dropped = 2 * count // 30
    a_minute, ten_minutes = 60 * count - dropped, 600 * count - 9 * dropped
    tens, rest = divmod(frames, ten_minutes)
    minutes = 0 if rest < dropped else (rest - dropped) // a_minute
    return frames + dropped * (9 * tens + minutes)


def standard_timebase(rate: Fraction | None, *, drop: bool = True) -> Timebase:
    """The standard timebase nearest to a rate; of half or double rates, one that holds them.

    Args:
        rate: Frames a second; None where nobody knows.
        drop: Whether timecodes of 29.97 and 59.94 drop numbers, as broadcasters' do.
    """
    if rate is None or rate <= 0:
        return USUAL
    while rate < Fraction(23):
        rate *= 2
    while rate > Fraction(61):
        rate /= 2
    nearest = min(STANDARD, key=lambda base: abs(base.rate - rate))
    drops = drop and nearest.rate.denominator == 1001 and nearest.count in (30, 60)
    return Timebase(nearest.rate, drops)
