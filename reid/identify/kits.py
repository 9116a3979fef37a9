"""Players in neither team's kit: referees or goalkeepers, which is asked and not decided."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.tracks.pool import pool

MOST_ASKED = 5
"""Players who may wear another kit; of more, the colours fall into no two teams."""

LEAST_PLAYERS = 6
"""Players below which there are no teams to stand out from."""

FARTHER = 2.0
"""How many times farther from both kits than team-mates mostly are (their upper quartile)."""

LEAST_FAR = 0.1
"""Distance (1 - cosine of histograms) from both kits below which somebody wears one of them."""


def other_kits(
    colour: NDArray[np.float32],
    quality: NDArray[np.float32],
    player: NDArray[np.int64],
    number: int,
) -> list[int]:
    """Players whose torsos are unlike both teams', from the most unlike on.

    Args:
        colour: float32 of shape (n, c): of each crop's torso.
        quality: float32 of shape (n,).
        player: int64 of shape (n,): of each crop; negative for nobody.
        number: Number of players.
    """
    known = (player >= 0) & (quality > 0)
    if number < LEAST_PLAYERS or not colour.shape[1] or not known.any():
        return []
    mean = pool(colour[known], quality[known], player[known], number).astype(np.float64)
    far = 1 - mean @ mean.T
    team = _two_kits(far)
    if team is None:
        return []
    nearest = np.minimum(*(np.median(far[:, team == which], axis=1) for which in (0, 1)))
    usual = max(float(np.percentile(nearest, 75)), 1e-6)
    found = np.flatnonzero(nearest > max(FARTHER * usual, LEAST_FAR))
    if len(found) > MOST_ASKED:
        return []
    return [int(who) for who in found[np.argsort(-nearest[found], kind="stable")]]


def kit_note(names: Sequence[str]) -> tuple[str, ...]:
    """What to ask the user of players in another kit."""
    if not names:
        return ()
    who = ", ".join(names)
    return (
        f"In another kit than both teams: {who}. Referees, or goalkeepers? The page asks; or write "
        "it into the corrections' role.",
    )


def _two_kits(far: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """The kit, 0 or 1, that each player's is nearer to; None where there are no two.

    Two medoids, begun from every pair: few players, so that all pairs can be tried. Medians, so
    that who wears neither kit does not draw them.
    """
    best, least = None, np.inf
    for one in range(len(far)):
        for other in range(one + 1, len(far)):
            cost = float(np.minimum(far[one], far[other]).sum())
            team = (far[other] < far[one]).astype(np.int64)
            if cost < least and min(np.bincount(team, minlength=2)) >= 2:
                best, least = team, cost
    return best
