"""Times that only rise: a clock that goes back midway is taken to have gone on.

Recordings joined into one file, and receivers that lose their clock, begin their time anew.
"""

from frameatlas.embedder.decode.frame_selection import KeepRule


class RisingClock:
    """Shifts what follows a jump back, so that it comes one interval after what was before.

    Args:
        rule: Which frames are kept.

    Attributes:
        rewinds: Seconds, in rising time, of the frames that were the first after a jump.
    """

    def __init__(self, rule: KeepRule) -> None:
        self._rule = rule
        self._last: float | None = None
        self._shift = 0.0
        self.rewinds: list[float] = []

    def shift_of(self, seconds: float) -> float:
        """Seconds that are added to the time of the next kept frame, a multiple of its unit."""
        base = self._rule.time_base
        if self._last is not None and seconds + self._shift <= self._last:
            wanted = self._last + 1 / self._rule.fps - seconds
            # In whole units, and up: by rounding down two frames could get one time.
            self._shift = float((int(wanted / base) + 1) * base)
            self.rewinds.append(seconds + self._shift)
        self._last = seconds + self._shift
        return self._shift

    def units(self, seconds: float) -> int:
        """The same in units of the time base."""
        return round(seconds / self._rule.time_base)
