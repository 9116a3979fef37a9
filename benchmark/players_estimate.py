"""How far the label-free error estimate can be believed: beside the true errors of every game."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from frameatlas.reid.identify.error_estimate import ESTIMATES, WRONG
from frameatlas.reid.identify.identities import UNASSIGNED

Row = dict[str, Any]

PAIRS = {
    "false_links": "true_false_links",
    "missed_links": "true_missed_links",
    "estimate": "duration_error",
}
"""An estimate, and the truth that it should go with; "estimate" is the sum of both shares."""

FEWEST = 4
"""Games below which a correlation says nothing."""


def true_links(person: NDArray[np.int64], player: NDArray[np.int64]) -> Row:
    """Shares of pairs of tracklets that are wrong: two people joined, one person torn apart.

    Args:
        person: int64 of shape (tracklets,).
        player: int64 of shape (tracklets,); who is unassigned is joined with nobody.
    """
    pairs = np.triu_indices(len(person), 1)
    same = (person[:, None] == person)[pairs]
    joined = ((player[:, None] == player) & (player != UNASSIGNED))[pairs]
    return {
        "true_false_links": float(joined[~same].mean()) if (~same).any() else 0.0,
        "true_missed_links": float((~joined[same]).mean()) if same.any() else 0.0,
    }


def estimates(rows: Sequence[Row], method: str = "players") -> Row:
    """Rank correlation over games of each estimate with its truth.

    Args:
        rows: Scores before they are averaged.
        method: Whose estimates.

    Returns:
        ``games`` and, of each of ``PAIRS``, ``[correlation, mean estimate, mean truth]``; and
        ``words`` for people.
    """
    own = [row for row in rows if row["method"] == method and not np.isnan(row["estimate"])]
    found: Row = {"games": len(own), "words": []}
    if len(own) < FEWEST:
        return found
    found["words"] = [
        f"The label-free estimate beside the truth, {len(own)} games (rank correlation, estimate, "
        "truth):"
    ]
    for name, truth in PAIRS.items():
        estimated = np.array([row[name] for row in own])
        true = np.array([_truth(row, truth) for row in own])
        even = np.ptp(estimated) == 0 or np.ptp(true) == 0
        correlation = float("nan") if even else float(spearmanr(estimated, true).statistic)
        found[name] = [round(value, 4) for value in (correlation, estimated.mean(), true.mean())]
        values = "".join(f"{value:>9.2f}" for value in found[name])
        found["words"].append(f"  {name} ~ {truth:<40}{values}")
    return found | _ranges(own, found["words"])


def _ranges(own: Sequence[Row], words: list[str]) -> Row:
    """Ranges as they would be fitted on these games, and how many games lie in ours."""
    estimate = np.array([row["estimate"] for row in own], np.float64)
    wrong = np.array([_truth(row, "duration_error") for row in own], np.float64)
    low, high = (np.interp(estimate, ESTIMATES, side) for side in WRONG)
    inside = float(((wrong >= low) & (wrong <= high)).mean())
    fitted = [side.round(3).tolist() for side in fit_range(estimate, wrong, ESTIMATES, up=True)]
    words.append(f"  wrong boxes within the range that players prints: {inside:.2f} of the games")
    return {"within_range": round(inside, 4), "fitted_range": fitted}


NEAR = 0.25
"""Share of all games, those of the nearest estimates, that a range is taken of."""


def fit_range(
    estimate: NDArray[np.float64], truth: NDArray[np.float64], knots: Sequence[float], *, up: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """From where to where the middle eight of ten games lie, at each knot of the estimate.

    It is how ``reid/identify/error_estimate.py`` came by its numbers.

    Args:
        estimate: Of each game.
        truth: What is to be told of it.
        knots: Estimates, ascending.
        up: Whether truth can only grow with the estimate, or only fall.
    """
    number = max(5, int(NEAR * len(estimate)))
    nearest = [np.argsort(np.abs(estimate - knot), kind="stable")[:number] for knot in knots]
    grow = np.maximum.accumulate if up else np.minimum.accumulate
    low, high = (
        grow(np.array([np.quantile(truth[near], share) for near in nearest]))
        for share in (0.1, 0.9)
    )
    return np.asarray(low), np.asarray(high)


def _truth(row: Row, name: str) -> float:
    return 1 - row["duration_accuracy"] if name == "duration_error" else float(row[name])
