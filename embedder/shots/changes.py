"""Where shots change: hard cuts, fades and dissolves together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.shots.cuts import consecutive, find_cuts, shifted_difference
from frameatlas.embedder.shots.differences import Planes, differences
from frameatlas.embedder.shots.fades import even_runs, find_fades
from frameatlas.embedder.shots.gradual import LEAST, Gradual, find_gradual

CERTAIN = 0.52
"""What is a mixture, less what moves outside, that makes a dissolve; measured by ``benchmark``."""

SHORTEST = 5
"""Frames of a dissolve: what is shorter is hardly told from a camera that is thrown round."""

OUTSIDE = 8
"""Frames on both sides of a dissolve by which the movement of its shots is judged."""

_MOVES = 0.5
"""Weight of movement: where everything moves, frames between look like mixtures too."""


LONG, FAR_APART = 16, 18.0
"""Frames of a dissolve, and how unlike its shots stay, from which on the change is held against
what a shot beside it changes in as much time: from frame to frame, a long dissolve changes no more
than a shaking hand does, and yet no hand shakes one picture into another. Where colours flow into
one another all the time, nothing is dissolved."""

CERTAIN_LONG = 0.5
"""What is a mixture, less what a shot changes by itself, that makes such a dissolve."""


SHIFTED = 0.2
"""Part of the difference of both ends that is left where one is only the other, shifted: a camera
was turned, whose frames look like mixtures while they are blurred. Two shots have .38 and more."""


@dataclass(frozen=True)
class Change:
    """One shot becomes another.

    Attributes:
        begin: Number of the last frame that is all of the shot before.
        first: Number of the frame with which the new shot begins: for a fade or dissolve, the one
            from which it prevails.
        end: Number of the first frame that is all of the new shot.
        kind: "cut", "fade" or "dissolve".
        strength: How unlike both shots are, in levels; unrelated pictures have 15 to 60.
    """

    begin: int
    first: int
    end: int
    kind: str
    strength: float


def find_changes(planes: Planes) -> list[Change]:
    """All changes of shot, in order.

    Args:
        planes: Pictures of consecutive frames.
    """
    steps = consecutive(planes)
    cuts = dict(find_cuts(planes, steps))
    fades = find_fades(planes, sorted(cuts))
    runs = even_runs(planes)
    cuts = {
        cut: strength
        for cut, strength in cuts.items()
        if not any(fade.begin < cut <= fade.end for fade in fades) and not _beside(runs, cut)
    }
    dissolves = [
        one
        for one in find_gradual(planes, sorted(cuts))
        if not any(one.begin < other.end and other.begin < one.end for other in fades)
        and not any(one.begin < stop and start <= one.end for start, stop in runs)
        and _is_certain(planes, steps, one, sorted(cuts))
    ]
    hard = [Change(cut - 1, cut, cut, "cut", strength) for cut, strength in cuts.items()]
    return sorted([*hard, *map(_change, [*fades, *dissolves])], key=lambda change: change.first)


def _beside(runs: list[tuple[int, int]], cut: int) -> bool:
    """Whether at a cut a picture only comes or goes: what shows nothing is no shot."""
    return any(cut in (start, stop) for start, stop in runs)


def _change(one: Gradual) -> Change:
    return Change(one.begin, one.middle, one.end, one.kind, one.strength)


def _is_certain(planes: Planes, steps: NDArray[np.float32], one: Gradual, cuts: list[int]) -> bool:
    """Whether the shots on both sides stay unlike, and stand still beside what happens between."""
    if one.end - one.begin < SHORTEST:
        return False
    if one.begin == 0 or one.end == len(planes) - 1:
        return False  # one picture, at a film's very beginning or end, is no shot
    least = max((cut for cut in cuts if cut <= one.begin), default=0)
    most = min((cut for cut in cuts if cut > one.begin), default=len(planes))
    before = [k for k in (one.begin, one.begin - 3, one.begin - 8) if k >= least]
    after = [k for k in (one.end, one.end + 3, one.end + 8) if k < most]
    pairs = np.array([(k, j) for k in before for j in after], np.intp)
    unlike = float(differences(planes, pairs[:, 0], pairs[:, 1]).min())
    if unlike < LEAST:
        return False
    outside = [
        *steps[max(least + 1, one.begin - OUTSIDE) : max(least + 1, one.begin - 1)],
        *steps[one.end + 2 : min(most, one.end + OUTSIDE + 2)],
    ]
    inside = float(steps[one.begin + 1 : one.end + 1].mean())
    moves = float(np.percentile(outside, 65)) if outside else 0.0
    mixed, length = one.score / one.strength, one.end - one.begin
    if mixed - _MOVES * moves / max(inside, 1e-6) < CERTAIN:
        clear = length >= LONG and unlike >= FAR_APART
        if not clear or mixed - _drift(planes, one, least, most) / one.strength < CERTAIN_LONG:
            return False
    return shifted_difference(planes, one.begin, one.end) >= SHIFTED * one.strength


def _drift(planes: Planes, one: Gradual, least: int, most: int) -> float:
    """What a shot beside a dissolve changes in as much time, the one that changes more."""
    length = one.end - one.begin
    sides = [
        (max(least, one.begin - length), one.begin),
        (one.end, min(most - 1, one.end + length)),
    ]
    pairs = np.array([side for side in sides if side[1] - side[0] >= OUTSIDE], np.intp)
    if not len(pairs):
        return 0.0
    return float(differences(planes, pairs[:, 0], pairs[:, 1]).max())
