"""How far the label-free error estimate can be believed: beside the true errors of every game."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

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
    return found


def _truth(row: Row, name: str) -> float:
    return 1 - row["duration_accuracy"] if name == "duration_error" else float(row[name])
