"""Repair: who would stay unassigned for a few common frames with one tracklet of a player moves in.

A tracker that hands over late gives two boxes to one person for some frames; that makes a short
tracklet a ban on its own player. Only clusters that are too small to be a player are moved.
"""

import numpy as np
from numpy.typing import NDArray

MOST_COMMON = 5
"""Frames from which on two tracklets seen together are two people for sure."""


def repair(
    label: NDArray[np.int64],
    small: NDArray[np.bool_],
    distance: NDArray[np.floating],
    weight: NDArray[np.floating],
    banned: NDArray[np.bool_],
    common: NDArray[np.integer],
    farthest: float,
) -> NDArray[np.int64]:
    """Move small clusters that exactly one segment of another cluster keeps out of it.

    Args:
        label: int64 of shape (p,): the cluster of each segment.
        small: bool of shape (clusters,): clusters that are too small to be players.
        distance: Shape (p, p).
        weight: Shape (p,), positive.
        banned: bool of shape (p, p): cannot be one person.
        common: Integers of shape (p, p): frames in which both are seen.
        farthest: A cluster moves no farther than this.

    Returns:
        int64 of shape (p,): some clusters are gone, others have not changed their numbers.
    """
    label = label.copy()
    for cluster in np.flatnonzero(small):
        own = np.flatnonzero(label == cluster)
        nearest, target = farthest, -1
        for other in np.flatnonzero(~small):
            member = np.flatnonzero(label == other)
            if not len(own) or not _is_kept_out_by_one(own, member, banned, common):
                continue
            far = float(
                np.average(distance[np.ix_(own, member)].mean(axis=0), weights=weight[member])
            )
            if far < nearest:
                nearest, target = far, int(other)
        if target >= 0:
            label[own] = target
    return label


def _is_kept_out_by_one(
    own: NDArray[np.int64],
    member: NDArray[np.int64],
    banned: NDArray[np.bool_],
    common: NDArray[np.integer],
) -> bool:
    """Whether one segment alone stands in the way, by a few frames in which both are seen."""
    between = np.ix_(own, member)
    in_the_way = banned[between].any(axis=0)
    if in_the_way.sum() != 1:
        return False
    frames = common[between][:, in_the_way]
    # A ban without a common frame is the user's, or a number's: it stays.
    return bool(0 < frames.sum() < MOST_COMMON)
