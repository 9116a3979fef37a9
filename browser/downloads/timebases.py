"""Frames of a second of the videos themselves, for cut lists."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.originals import Originals
from frameatlas.errors import FrameatlasError
from frameatlas.handover.cuts import RateOf
from frameatlas.handover.timecode import counted_rate


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
                known[number] = counted_rate(probe(originals.path_of(opened, number)))
            except FrameatlasError:
                known[number] = None
        return known[number]

    return rate_of
