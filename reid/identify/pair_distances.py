"""What linking needs of every two pieces: how far apart they are, and whether they may be one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.identify.cannot_link import Seen, seen_together
from frameatlas.reid.identify.jersey_numbers import known_numbers, number_bans, number_groups
from frameatlas.reid.identify.options import PlayersWish
from frameatlas.reid.identify.segments import Cutting, halves, pool
from frameatlas.reid.identify.teams import SURE, teams_apart
from frameatlas.reid.identify.user_constraints import user_bans, user_groups
from frameatlas.reid.tracks.tracklets import TrackletFeatures

FARTHEST = 2.0
"""Largest distance there is: between rows of opposite directions."""

_UNSEEN_WEIGHT = 1e-6
"""Weight of a piece without crops: it has to be somewhere, but says nothing of where."""

Teams = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Team of each tracklet, and the share of its crops that agree; see ``teams_by_colour``."""


@dataclass(frozen=True)
class Pairings:
    """What linking needs of p pieces: distances and constraints.

    Attributes:
        cutting: The pieces.
        distance: float32 of shape (p, p): 1 - cosine, and what teams add.
        weight: float64 of shape (p,): how much each counts in means.
        described: bool of shape (p,): whether it has crops.
        seen: Who was seen together.
        banned: bool of shape (p, p): cannot be one person.
        groups: int64 of shape (p,): pieces of equal numbers are one person.
        misread: Pairs of pieces that show one number and yet are two people.
    """

    cutting: Cutting
    distance: NDArray[np.float32]
    weight: NDArray[np.float64]
    described: NDArray[np.bool_]
    seen: Seen
    banned: NDArray[np.bool_]
    groups: NDArray[np.int64]
    misread: int


def pair_up(
    crops: TrackletFeatures,
    rows: NDArray[np.float32],
    cutting: Cutting,
    teams: Teams,
    wish: PlayersWish,
) -> Pairings:
    """Compare all pieces.

    Args:
        crops: The game.
        rows: float32 of shape (n, k): its crops, comparable.
        cutting: Which crop and which box belongs to which piece.
        teams: Of the tracklets.
        wish: Constraints, and what the user knows.
    """
    pooled = pool(rows, crops.quality, cutting.crop, len(cutting))
    counts = np.bincount(cutting.crop[crops.quality > 0], minlength=len(cutting))
    described = (counts > 0) & (np.abs(pooled).sum(axis=1) > 0)
    distance = 1 - pooled @ pooled.T
    if wish.team_apart:
        apart = teams_apart(*teams)[np.ix_(cutting.tracklet, cutting.tracklet)]
        distance += np.float32(wish.team_apart) * apart
    distance[~described] = distance[:, ~described] = FARTHEST
    weight = np.where(described, np.sqrt(np.maximum(counts, 1)), _UNSEEN_WEIGHT)
    seen = _seen(crops, cutting)
    banned, groups, misread = _constraints(seen, cutting, teams, wish)
    return Pairings(cutting, distance, weight, described, seen, banned, groups, misread)


def known_pairs(
    crops: TrackletFeatures, rows: NDArray[np.float32], pairs: Pairings
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Distances of halves of one piece, and of pieces that are two people for sure."""
    half = halves(pairs.cutting, crops.frame)
    known = half >= 0
    pooled = pool(rows[known], crops.quality[known], half[known], 2 * len(pairs.cutting))
    same = 1 - (pooled[::2] * pooled[1::2]).sum(axis=1)
    whole = np.abs(pooled).sum(axis=1).reshape(-1, 2).min(axis=1) > 0
    both = np.triu(pairs.seen.together, 1)
    both &= pairs.described[:, None] & pairs.described
    return same[whole], pairs.distance[both]


def _seen(crops: TrackletFeatures, cutting: Cutting) -> Seen:
    tracklets = crops.tracklets
    moment = tracklets.sequence[tracklets.row_tracklet] * (tracklets.row_frame.max() + 1)
    return seen_together(len(cutting), cutting.row, moment + tracklets.row_frame, tracklets.row_box)


def _constraints(
    seen: Seen, cutting: Cutting, teams: Teams, wish: PlayersWish
) -> tuple[NDArray[np.bool_], NDArray[np.int64], int]:
    """Who cannot be one, who is, and how many pairs of one number were seen together.

    What the user says is stronger than what was seen, and that stronger than numbers.
    """
    groups = user_groups(wish.corrections, cutting)
    banned = seen.together.copy() if wish.cannot_link else np.zeros_like(seen.together)
    known = known_numbers(wish.numbers, cutting)
    banned |= number_bans(known)
    banned[groups[:, None] == groups] = False  # the user has seen that they are one
    banned |= user_bans(wish.corrections, cutting, groups)
    sure = np.where(teams[1] > SURE, teams[0], -1)[cutting.tracklet]
    alike = (known[:, None] == known) & (known >= 0) & (sure[:, None] == sure) & (sure >= 0)
    misread = int(np.triu(alike & banned, 1).sum())
    return banned, number_groups(known, sure, banned, groups), misread
