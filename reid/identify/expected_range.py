"""What the label-free estimate is worth: the range that drawn games of such an estimate had.

An estimate is one number, and mostly too low. Of drawn games the truth is known, so each estimate
stands for games that had the like: eight of ten of them lie within the range. A number of people
is given the same way.
"""

import math
from dataclasses import dataclass

import numpy as np

ESTIMATES = (0.0, 0.05, 0.1, 0.2, 0.3)
"""Sums of both shares of ``error_estimate`` for which the ranges are known."""

WRONG = ((0.0, 0.0, 0.03, 0.13, 0.26), (0.11, 0.14, 0.23, 0.45, 0.50))
"""Share of the boxes with a wrong person of drawn games: from, to, at each of ``ESTIMATES``."""

PEOPLE = ((0.95, 0.90, 0.80, 0.80, 0.78), (1.13, 1.00, 1.00, 0.99, 0.91))
"""People that there were for each player who was found: from, to."""


@dataclass(frozen=True)
class ExpectedRange:
    """What to expect of a game.

    Attributes:
        wrong: Share of the boxes that bear a wrong person, from and to.
        people: Number of people, from and to.
    """

    wrong: tuple[float, float]
    people: tuple[int, int]


def expected_range(estimate: float, found: int, least: int) -> ExpectedRange | None:
    """The range of games with this estimate; None where there is none.

    Args:
        estimate: False and missed links together; NaN where nothing is known.
        found: Number of players that were found.
        least: People who were seen at one moment: there are at least as many.
    """
    if math.isnan(estimate):
        return None
    wrong = tuple(float(np.interp(estimate, ESTIMATES, side)) for side in WRONG)
    few, many = (float(np.interp(estimate, ESTIMATES, side)) for side in PEOPLE)
    fewest = max(least, round(few * found))
    return ExpectedRange((wrong[0], wrong[1]), (fewest, max(fewest, round(many * found))))
