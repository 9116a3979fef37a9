"""What linking needs of every two segments: how far apart they are, and whether they may be one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.identify.constraints.jersey_numbers import (
    number_bans,
    number_groups,
    number_of_segments,
)
from frameatlas.reid.identify.constraints.seen_together import Seen, seen_together
from frameatlas.reid.identify.constraints.teams import SURE, teams_apart
from frameatlas.reid.identify.constraints.time_and_place import in_two_videos, too_fast
from frameatlas.reid.identify.constraints.user import user_bans, user_groups
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.tracks.pool import pool
from frameatlas.reid.tracks.segments import Segmentation, halves
from frameatlas.reid.tracks.tracklets import TrackletFeatures, Tracklets

FARTHEST = 2.0
"""Largest distance there is: between rows of opposite directions."""

_UNSEEN_WEIGHT = 1e-6
"""Weight of a segment without crops: it has to be somewhere, but says nothing of where."""

Teams = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Team of each tracklet, and the share of its crops that agree; see ``teams_by_colour``."""


@dataclass(frozen=True, eq=False)
class Pairings:
    """What linking needs of p segments: distances and constraints.

    Attributes:
        segmentation: The segments.
        distance: float32 of shape (p, p): 1 - cosine, and what teams add.
        weight: float64 of shape (p,): how much each counts in means.
        described: bool of shape (p,): whether it has crops.
        seen: Who was seen together.
        banned: bool of shape (p, p): cannot be one person.
        groups: int64 of shape (p,): segments of equal numbers are one person.
        misread: Pairs of segments that show one number and yet are two people.
    """

    segmentation: Segmentation
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
    segmentation: Segmentation,
    teams: Teams,
    options: PlayersOptions,
) -> Pairings:
    """Compare all segments.

    Args:
        crops: The game.
        rows: float32 of shape (n, k): its crops, comparable.
        segmentation: Which crop and which box belongs to which segment.
        teams: Of the tracklets.
        options: Constraints, and what the user knows.
    """
    pooled = pool(rows, crops.quality, segmentation.crop, len(segmentation))
    counts = np.bincount(segmentation.crop[crops.quality > 0], minlength=len(segmentation))
    described = (counts > 0) & (np.abs(pooled).sum(axis=1) > 0)
    distance = 1 - pooled @ pooled.T
    if options.team_apart:
        apart = teams_apart(*teams)[np.ix_(segmentation.tracklet, segmentation.tracklet)]
        distance += np.float32(options.team_apart) * apart
    distance[~described] = distance[:, ~described] = FARTHEST
    weight = np.where(described, np.sqrt(np.maximum(counts, 1)), _UNSEEN_WEIGHT)
    seen = boxes_seen(crops, segmentation)
    forbidden = _forbidden(seen, crops.tracklets, segmentation, options)
    banned, groups, misread = _constraints(forbidden, segmentation, teams, options)
    return Pairings(segmentation, distance, weight, described, seen, banned, groups, misread)


def find_known_pairs(
    crops: TrackletFeatures, rows: NDArray[np.float32], pairs: Pairings
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Distances of halves of one segment, and of segments that are two people for sure."""
    half = halves(pairs.segmentation, crops.frame)
    known = half >= 0
    pooled = pool(rows[known], crops.quality[known], half[known], 2 * len(pairs.segmentation))
    same = 1 - (pooled[::2] * pooled[1::2]).sum(axis=1)
    whole = np.abs(pooled).sum(axis=1).reshape(-1, 2).min(axis=1) > 0
    both = np.triu(pairs.seen.together, 1)
    both &= pairs.described[:, None] & pairs.described
    return same[whole], pairs.distance[both]


def boxes_seen(crops: TrackletFeatures, segmentation: Segmentation) -> Seen:
    """Who was seen together, by the boxes of all segments."""
    tracklets = crops.tracklets
    timestamp = tracklets.sequence[tracklets.row_tracklet] * (tracklets.row_frame.max() + 1)
    return seen_together(
        len(segmentation), segmentation.row, timestamp + tracklets.row_frame, tracklets.row_box
    )


def _forbidden(
    seen: Seen, tracklets: Tracklets, segmentation: Segmentation, options: PlayersOptions
) -> NDArray[np.bool_]:
    """Which segments time and place forbid to be one person, bool of shape (p, p)."""
    if not options.cannot_link:
        return np.zeros_like(seen.together)
    forbidden = seen.together.copy()
    if options.together:
        forbidden |= in_two_videos(tracklets, segmentation)
    if options.top_speed:
        forbidden |= too_fast(tracklets, segmentation, options.top_speed) & ~seen.doubled
    return forbidden


def _constraints(
    forbidden: NDArray[np.bool_], segmentation: Segmentation, teams: Teams, options: PlayersOptions
) -> tuple[NDArray[np.bool_], NDArray[np.int64], int]:
    """Who cannot be one, who is, and how many pairs of one number were seen together.

    What the user says is stronger than time and place, and those stronger than numbers.
    """
    groups = user_groups(options.corrections, segmentation)
    banned = forbidden.copy()
    known = number_of_segments(options.known_numbers, segmentation)
    banned |= number_bans(known)
    banned[groups[:, None] == groups] = False  # the user has seen that they are one
    banned |= user_bans(options.corrections, segmentation, groups)
    sure = np.where(teams[1] > SURE, teams[0], -1)[segmentation.tracklet]
    alike = (known[:, None] == known) & (known >= 0) & (sure[:, None] == sure) & (sure >= 0)
    misread = int(np.triu(alike & banned, 1).sum())
    return banned, number_groups(known, sure, banned, groups), misread
