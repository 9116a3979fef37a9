"""Scores of one answer at three levels: each tracklet, each crop, each moment counts the same."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.evaluate.clustering_metrics import IdentityScores, score_identities
from frameatlas.reid.identify.identities import UNASSIGNED

LEVELS = ("tracklet", "crop", "duration")
"""One item a tracklet; one item a crop that was looked at; one item a box, so a moment."""


@dataclass(frozen=True, eq=False)
class TrueBoxes:
    """Who each box of each tracklet really shows; boxes of nobody are left out beforehand.

    Attributes:
        tracklet: int64 of shape (m,), rows into the list of tracklets.
        identity: int64 of shape (m,), the person.
        crop: bool of shape (m,), whether this box was taken as a crop.
    """

    tracklet: NDArray[np.int64]
    identity: NDArray[np.int64]
    crop: NDArray[np.bool_]

    def majority(self, tracklets: int) -> NDArray[np.int64]:
        """The person that most boxes of each tracklet show; ``UNASSIGNED`` where it has none."""
        people, column = np.unique(self.identity, return_inverse=True)
        table = np.zeros((tracklets, len(people)), np.int64)
        np.add.at(table, (self.tracklet, column), 1)
        return np.where(table.any(axis=1), people[table.argmax(axis=1)], UNASSIGNED)

    def impure(self, tracklets: int) -> int:
        """Tracklets whose boxes show more than one person."""
        people, column = np.unique(self.identity, return_inverse=True)
        table = np.zeros((tracklets, len(people)), bool)
        table[self.tracklet, column] = True
        return int((table.sum(axis=1) > 1).sum())


def score_levels(
    truth: TrueBoxes, players: NDArray[np.int64], of_box: NDArray[np.int64] | None = None
) -> dict[str, IdentityScores]:
    """Score the player of every tracklet at each of ``LEVELS``.

    Args:
        truth: Who the boxes show.
        players: int64 of shape (tracklets,), the player given, or ``UNASSIGNED``.
        of_box: int64 of shape (m,), the player of each box, where tracklets were split; else it is
            that of the tracklet.
    """
    majority = truth.majority(len(players))
    known = majority != UNASSIGNED
    crop = truth.crop
    if of_box is None:
        of_box = players[truth.tracklet]
    return {
        "tracklet": score_identities(majority[known], players[known]),
        "crop": score_identities(
            truth.identity[crop], of_box[crop], tracklets=truth.tracklet[crop]
        ),
        "duration": score_identities(truth.identity, of_box, tracklets=truth.tracklet),
    }
