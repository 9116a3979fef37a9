"""Shots that are nearly the same, in one video or several: reused footage, a set-up again."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.bins.stored import Bins
from frameatlas.errors import InputError
from frameatlas.search.compared_scores import compared_scores
from frameatlas.search.duplicates import apart_in, near_groups
from frameatlas.search.path_distances import frame_distances, set_distance
from frameatlas.search.set_distance_blocks import PathBlocks
from frameatlas.search.video_paths import even_rows, unit, videos_of
from frameatlas.shots import Shot, Shots

SHOTS_WITHIN = 0.1
"""Distance of shots that are nearly the same: takes of one set-up lie within a video's 0.25."""

MEANS_ROOM = 0.05
"""How much nearer than their frames the means of two shots may be."""

FRAMES = 64
"""Frames of a shot, evenly spread, when two are compared."""

KEPT = 1024
"""Shots whose frames are kept: 64 kilobytes each."""

SECOND = 64
"""Shots that are compared by their frames, at least."""


@dataclass(frozen=True)
class AlikeShot:
    """A shot, and how far it is from another one.

    Attributes:
        shot: The shot.
        distance: 0 for the same frames, about 1 where the two have nothing in common.
        of: The shot that it is compared with; None in a group, where it is the nearest member.
    """

    shot: Shot
    distance: float
    of: Shot | None = None


def similar_shots(atlas: Atlas, source: int, count: int = 9) -> list[AlikeShot]:
    """Shots of other videos that are most like any shot of one, one row a shot.

    All are compared by their mean directions, the best by up to 64 frames each.

    Args:
        atlas: The atlas.
        source: The video's position in ``atlas.sources``.
        count: How many.

    Returns:
        Nearest first; of equal distances the first in the atlas.

    Raises:
        InputError: No shots are known, of this video or at all.
    """
    shots = _all_shots(atlas)
    own = [n for n, shot in enumerate(shots) if shot.source == source]
    others = [n for n, shot in enumerate(shots) if shot.source != source]
    if not own:
        raise InputError(
            f"Expected a video whose shots are known. Received: {atlas.sources[source].path}; "
            "`frameatlas shots` finds them."
        )
    if not others:
        return []
    means = _means(atlas, shots)
    alike = means.points[others] @ means.points[own].T
    nearest, best = alike.argmax(axis=1), alike.max(axis=1)
    exact = _Exact(atlas, shots)
    rows = np.argsort(-best, kind="stable")[: max(SECOND, 2 * count)].tolist()
    found = [
        AlikeShot(
            shots[others[i]], exact.distance(others[i], own[nearest[i]]), shots[own[nearest[i]]]
        )
        for i in rows
    ]
    return sorted(found, key=lambda one: (one.distance, one.shot.frames.start))[:count]


def near_duplicate_shots(
    atlas: Atlas, *, within: float = SHOTS_WITHIN, bins: Bins | None = None
) -> list[tuple[AlikeShot, ...]]:
    """Groups of shots that are nearly the same, of one video or of several.

    Args:
        atlas: The atlas.
        within: Largest distance of a shot to the nearest one of its group.
        bins: Verdicts: two shots that are said to differ are in no group together.

    Returns:
        Largest group first, then in the atlas' order.

    Raises:
        InputError: ``within`` is no distance, or no shots are known.
    """
    if not 0 <= within <= 1:
        raise InputError(
            f"Expected --within of 0 to 1. Received: {within:g}; try {SHOTS_WITHIN:g}."
        )
    shots = _all_shots(atlas)
    exact = _Exact(atlas, shots)
    items = [shot_item(atlas, shot) for shot in shots] if bins and bins.different else []
    groups = near_groups(
        _means(atlas, shots),
        within,
        within + MEANS_ROOM,
        lambda i, j, _: exact.distance(i, j),
        apart_in(items, bins or Bins()),
    )
    found = [tuple(AlikeShot(shots[i], distance) for i, distance in group) for group in groups]
    return sorted(found, key=lambda group: -len(group))


def shot_item(atlas: Atlas, shot: Shot) -> str:
    """What a verdict calls a shot: its video's id and the seconds at which it begins."""
    return f"{atlas.sources[shot.source].id}@{shot.begin:.6f}"


def shot_items(shots: Shots) -> frozenset[str]:
    """What verdicts call all shots of an atlas."""
    numbers = range(len(shots.atlas.sources))
    return frozenset(shot_item(shots.atlas, shot) for n in numbers for shot in shots.of_source(n))


def _all_shots(atlas: Atlas) -> list[Shot]:
    """The shots of all videos that hold a frame of the atlas."""
    known = Shots(atlas)
    shots = [shot for n in videos_of(atlas) for shot in known.of_source(n) if len(shot.frames)]
    if not shots:
        raise InputError(
            f"Expected an atlas whose shots are known. Received: {atlas.folder}, of which none "
            "are; `frameatlas shots` finds them."
        )
    return shots


def _means(atlas: Atlas, shots: list[Shot]) -> PathBlocks:
    """Each shot an item: the mean direction of its frames."""
    means = np.stack([_points(atlas, shot).mean(axis=0) for shot in shots])
    return PathBlocks(unit(means), np.arange(len(shots) + 1, dtype=np.int64))


def _points(atlas: Atlas, shot: Shot) -> NDArray[np.float32]:
    rows = shot.frames.start + even_rows(len(shot.frames), FRAMES)
    return unit(compared_scores(atlas)[rows])


class _Exact:
    """Distances of shots by their frames; those of the last shots are kept."""

    def __init__(self, atlas: Atlas, shots: list[Shot]) -> None:
        self._points = lru_cache(KEPT)(lambda number: _points(atlas, shots[number]))

    def distance(self, one: int, other: int) -> float:
        return set_distance(frame_distances(self._points(one), self._points(other)))
