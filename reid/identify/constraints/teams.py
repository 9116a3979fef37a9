"""Teams: tracklets grouped by the colour of their torso; every crop has a vote."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from frameatlas.reid.tracks.formats.table import Person
from frameatlas.reid.tracks.pool import pool

MOST_TEAMS = 4
"""Two teams, a goalkeeper's colour and the referees'."""

LEAST_SILHOUETTE = 0.3
"""Below this, colours do not fall into groups, and nobody has a team."""


SURE = 0.95
"""Share of a tracklet's crops that have to agree for its team to be sure."""


def teams_apart(team: NDArray[np.int64], share: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which tracklets are for sure of two teams, bool of shape (t, t); see ``teams_by_colour``."""
    sure = (team >= 0) & (share > SURE)
    return np.asarray((team[:, None] != team) & sure[:, None] & sure)


def teams_as_said(
    people: Sequence[tuple[str, Person]], names: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """Teams as the file of tracks says; None where it says fewer than two.

    Args:
        people: What it says of tracklets, by their names.
        names: Names of all tracklets.

    Returns:
        As ``teams_by_colour``; of whom nothing is said, the team is -1.
    """
    said = {name: person.team for name, person in people if person.team}
    order = [team for team, _ in Counter(said.values()).most_common()]
    if len(order) < 2:
        return None
    team = np.array([order.index(said[n]) if n in said else -1 for n in names], np.int64)
    return team, np.where(team >= 0, 1.0, 0.0)


def teams_by_colour(
    colour: NDArray[np.float32],
    quality: NDArray[np.float32],
    tracklet: NDArray[np.int64],
    number: int,
    wished: int | None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Group tracklets by colour.

    Args:
        colour: float32 of shape (n, c): of each crop's torso.
        quality: float32 of shape (n,).
        tracklet: int64 of shape (n,).
        number: Number of tracklets.
        wished: Number of teams, 0 for none; None takes what fits best, or none.

    Returns:
        int64 of shape (number,): 0, 1, … from the largest team; -1 where there are none or a
        tracklet has no crops. And float64 of shape (number,): share of its crops that agree.
    """
    nobody = np.full(number, -1, np.int64), np.zeros(number)
    seen = np.unique(tracklet[quality > 0])
    if wished == 0 or len(seen) < 3 or not colour.shape[1]:
        return nobody
    means = pool(colour, quality, tracklet, number)[seen]
    tree = linkage(means.astype(np.float64), "ward")
    choices = range(2, MOST_TEAMS + 1) if wished is None else [wished]
    best, score = None, LEAST_SILHOUETTE if wished is None else -np.inf
    for count in choices:
        label = fcluster(tree, count, "maxclust") - 1
        value = _silhouette_of_rows(means, label)
        if value > score:
            best, score = label, value
    if best is None:
        return nobody
    centres = np.stack([means[best == team].mean(axis=0) for team in range(int(best.max()) + 1)])
    return _vote(colour, quality, tracklet, number, centres)


def silhouette(distance: NDArray[np.floating], label: NDArray[np.int64]) -> float:
    """Mean silhouette of a clustering; items that are alone count 0.

    Args:
        distance: Shape (p, p).
        label: int64 of shape (p,): 0, 1, ….
    """
    number = int(label.max(initial=0)) + 1
    if number < 2 or number >= len(label):
        return -1.0
    member = np.zeros((len(label), number), np.float32)
    member[np.arange(len(label)), label] = 1
    sizes = member.sum(axis=0)
    sums = np.asarray(distance, np.float32) @ member
    own = sums[np.arange(len(label)), label] / np.maximum(sizes[label] - 1, 1)
    others = sums / sizes
    others[np.arange(len(label)), label] = np.inf
    other = others.min(axis=1)
    value = (other - own) / np.maximum(np.maximum(other, own), 1e-12)
    return float(np.where(sizes[label] > 1, value, 0).mean())


def _silhouette_of_rows(rows: NDArray[np.float32], label: NDArray[np.int64]) -> float:
    squares = (rows**2).sum(axis=1)
    distance = np.sqrt(np.maximum(squares[:, None] + squares - 2 * rows @ rows.T, 0))
    return silhouette(distance, label)


def _vote(
    colour: NDArray[np.float32],
    quality: NDArray[np.float32],
    tracklet: NDArray[np.int64],
    number: int,
    centres: NDArray[np.float32],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The team of most of each tracklet's crops."""
    far = (centres**2).sum(axis=1) - 2 * colour @ centres.T
    votes = np.zeros((number, len(centres)))
    np.add.at(votes, (tracklet, far.argmin(axis=1)), quality)
    total = votes.sum(axis=1)
    winner = votes.argmax(axis=1)
    order = np.argsort(-np.bincount(winner[total > 0], minlength=len(centres)), kind="stable")
    place = np.empty(len(centres), np.int64)
    place[order] = np.arange(len(centres))
    team = np.where(total > 0, place[winner], -1)
    share = votes.max(axis=1) / np.maximum(total, 1e-12)
    return team.astype(np.int64), np.asarray(share, np.float64)
