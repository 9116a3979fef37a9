"""How sure each decision is: by how much the chosen player is nearer than the next possible one."""

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.identify.identities import UNASSIGNED, Decision
from frameatlas.reid.tracks.segments import Segmentation
from frameatlas.reid.tracks.tracklets import Tracklets

SHOWN = 20
"""Decisions that a person is asked to look at."""


def margins(
    distance: NDArray[np.floating],
    weight: NDArray[np.floating],
    banned: NDArray[np.bool_],
    player: NDArray[np.int64],
    threshold: float,
    described: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Compare each segment's own player with the nearest other one that it could be.

    Args:
        distance: Shape (p, p).
        weight: Shape (p,).
        banned: bool of shape (p, p): pairs that cannot be one person.
        player: int64 of shape (p,): -1 unassigned.
        threshold: A segment that is alone is as sure as the next player is farther than this.
        described: bool of shape (p,): segments that have crops; the others are sure of nothing.

    Returns:
        float64 of shape (p,): (other - own) / other in [0, 1], 1 where there is no other player;
        and int64 of shape (p,): the other player, or -1.
    """
    number = int(player.max(initial=-1)) + 1
    size = len(player)
    if not number:
        return np.zeros(size), np.full(size, UNASSIGNED, np.int64)
    member = np.zeros((size, number))
    assigned = np.flatnonzero(player >= 0)
    member[assigned, player[assigned]] = weight[assigned]
    mass = member.sum(axis=0)
    far = distance @ member
    mean = far / mass
    impossible = (banned.astype(np.float32) @ (member > 0)) > 0
    own = np.full(size, threshold)
    others = mass[player[assigned]] - weight[assigned]
    far_own = far[assigned, player[assigned]] - weight[assigned] * distance[assigned, assigned]
    accompanied = others > 1e-9
    own[assigned[accompanied]] = far_own[accompanied] / others[accompanied]
    mean[impossible] = np.inf
    mean[assigned, player[assigned]] = np.inf
    other = mean.argmin(axis=1)
    nearest = mean[np.arange(size), other]
    margin = np.where(np.isfinite(nearest), 1 - own / np.maximum(nearest, 1e-12), 1.0)
    margin = np.where(described, np.clip(margin, 0, 1), 0.0)
    return margin, np.where(np.isfinite(nearest), other, UNASSIGNED).astype(np.int64)


def least_certain(
    segmentation: Segmentation,
    tracklets: Tracklets,
    player: NDArray[np.int64],
    other: NDArray[np.int64],
    margin: NDArray[np.float64],
) -> tuple[Decision, ...]:
    """The decisions of least margin, the longest segments first among equals."""
    order = np.lexsort((-segmentation.sizes, margin))[:SHOWN]
    return tuple(
        Decision(
            tracklets.names[segmentation.tracklet[segment]],
            int(segmentation.first[segment]),
            int(segmentation.last[segment]),
            int(player[segment]),
            int(other[segment]),
            round(float(margin[segment]), 4),
        )
        for segment in order
    )
