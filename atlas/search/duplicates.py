"""Videos, and photos, of a library that are nearly the same, in groups."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.bins.stored import Bins, item_of
from frameatlas.errors import InputError
from frameatlas.search.frame_weights import FrameWeights
from frameatlas.search.path_distances import frame_distances, set_distance
from frameatlas.search.set_distance_blocks import PathBlocks
from frameatlas.search.video_paths import path_of, videos_of

WITHIN = 0.25
"""Distance of near-duplicates. Measured: decision 0017."""

FINE_FRAMES = 1_024
"""Frames of a video, evenly spread, when a pair that may be near is compared."""

FEW_FRAMES = 16
"""Frames of a video by which a pair is refused whose means are not near either."""

KEPT = 64
"""Videos whose frames are kept: one megabyte each."""


@dataclass(frozen=True)
class Duplicate:
    """A member of a group.

    Attributes:
        number: Its source's position in ``atlas.sources``.
        path: The video, or the photo.
        distance: To the nearest other member; 0 is the same.
        frames: Frames of the video; 1 for a photo.
        seconds: Length of the video; None for photos and where it is not known.
        width: Pixels across; of a photo, as it is stored in the atlas.
        height: Pixels down, likewise.
        item: What verdicts call it.
        kept: Whether somebody has said to keep it.
    """

    number: int
    path: Path
    distance: float
    frames: int
    seconds: float | None
    width: int
    height: int
    item: str = ""
    kept: bool = False


def near_duplicates(
    atlas: Atlas, *, within: float = WITHIN, bins: Bins | None = None, videos: bool = True
) -> list[tuple[Duplicate, ...]]:
    """Groups of videos, and groups of photos, that are nearly the same.

    Each member of a group is within the distance of another member. Videos are compared as sets of
    frames, as in ``similar_videos``: all pairs by their mean directions, what may be near by up to
    1,024 frames. Photos are compared one by one, among themselves. 3,000 videos of 100 frames took
    30 s of one core, 30,000 photos 9 s; twice as many take four times as long. Memory: some 20
    kilobytes for each video, one for each photo.

    Args:
        atlas: The atlas.
        within: Largest distance, on the scale of ``SimilarVideo.distance``.
        bins: Verdicts: two items that are said to differ are in no group together, and those to be
            kept are marked.
        videos: Also videos; without, only photos.

    Returns:
        Largest group first, then in the atlas' order; in each the members in the atlas' order.

    Raises:
        InputError: ``within`` is no distance.
    """
    if not 0 <= within <= 1:
        raise InputError(f"Expected --within of 0 to 1. Received: {within:g}; try {WITHIN:g}.")
    bins = bins or Bins()
    groups = list(_video_groups(atlas, within, bins)) if videos else []
    groups += _photo_groups(atlas, within, bins)
    return sorted(groups, key=lambda group: -len(group))


def _video_groups(atlas: Atlas, within: float, bins: Bins) -> Iterator[tuple[Duplicate, ...]]:
    numbers = videos_of(atlas)
    apart = apart_in([atlas.sources[number].id for number in numbers], bins)
    pairs = _Pairs(atlas, numbers, within)
    means = PathBlocks.of_means(atlas, numbers)
    for members in near_groups(means, within, pairs.room, pairs.distance, apart):
        yield tuple(_video(atlas, numbers[i], distance, bins) for i, distance in members)


class _Pairs:
    """Exact distances of pairs of videos; the frames of the last few videos are kept."""

    def __init__(self, atlas: Atlas, numbers: list[int], within: float) -> None:
        self._atlas, self._numbers, self._within = atlas, numbers, within
        self._weights = FrameWeights(atlas)
        self._few = PathBlocks.of_videos(atlas, numbers, FEW_FRAMES)
        self.points = lru_cache(KEPT)(self._points)
        self.weights = lru_cache(KEPT)(self._weights_of)
        # Where many videos are alike, the middle of the atlas is near them, and their means are up
        # to 2.6 times as far apart as their frames are on average.
        self.room = 2 * within + 0.1

    def distance(self, i: int, j: int, means: float) -> float:
        """Set distance of two videos whose means are so far apart; inexact where it is far."""
        if means > self._within and (few := self._few.pair(i, j)) > self.room:
            return few
        distances = frame_distances(self.points(i), self.points(j))
        plain = set_distance(distances)
        if plain > 1.5 * self._within:
            return plain  # weights rarely make it less: what many videos share is near
        return set_distance(distances, self.weights(i), self.weights(j))

    def _points(self, item: int) -> NDArray[np.float32]:
        return path_of(self._atlas, self._numbers[item], most=FINE_FRAMES).points("components")

    def _weights_of(self, item: int) -> NDArray[np.float64]:
        return self._weights.of(self.points(item), self._numbers[item])


def _photo_groups(atlas: Atlas, within: float, bins: Bins) -> Iterator[tuple[Duplicate, ...]]:
    ranges = [atlas.range_of(n) for n, s in enumerate(atlas.sources) if s.kind == "photos"]
    frames = np.array([frame for frames in ranges for frame in frames], np.int64)
    apart = apart_in([item_of(atlas, int(f)) for f in frames] if bins.different else [], bins)
    groups = near_groups(PathBlocks.of_frames(atlas, frames), within, within, None, apart)
    for members in groups:
        yield tuple(_photo(atlas, int(frames[i]), distance, bins) for i, distance in members)


def apart_in(items: list[str], bins: Bins) -> frozenset[frozenset[int]]:
    """Pairs of places that are said to differ."""
    place = {item: number for number, item in enumerate(items)} if bins.different else {}
    return frozenset(
        frozenset(place[item] for item in pair)
        for pair in bins.different
        if len(pair) == 2 and all(item in place for item in pair)
    )


def _video(atlas: Atlas, number: int, distance: float, bins: Bins) -> Duplicate:
    source = atlas.sources[number]
    size = (source.width, source.height)
    item, path = source.id, Path(source.path)
    length = (source.frames, source.duration)
    return Duplicate(number, path, distance, *length, *size, item, item in bins.kept)


def _photo(atlas: Atlas, frame: int, distance: float, bins: Bins) -> Duplicate:
    number = int(atlas.source_numbers[frame])
    origin = atlas.origins[frame]
    item = item_of(atlas, frame)
    kept = item in bins.kept
    return Duplicate(number, origin.path, distance, 1, None, *origin.box[2:], item, kept)


def near_groups(
    items: PathBlocks,
    within: float,
    coarse: float,
    exact: Callable[[int, int, float], float] | None,
    different: frozenset[frozenset[int]] = frozenset(),
) -> list[list[tuple[int, float]]]:
    """Items that are near one another, each with its distance to the nearest in its group.

    Args:
        items: All of them.
        within: Largest distance.
        coarse: Distance of ``items`` below which ``exact`` is asked.
        exact: Gives the distance of two items, told that of ``items``; None takes the latter.
        different: Pairs that may not be in one group.
    """
    if different:
        return _groups_apart(items, within, coarse, exact, different)
    parents = np.arange(len(items))
    nearest = np.full(len(items), np.inf)
    for top, left, distances in items.blocks():
        for i in np.flatnonzero((distances <= coarse).any(axis=1)).tolist():
            near = np.flatnonzero(distances[i] <= coarse)
            near = near[left + near > top + i]
            others, apart = left + near, distances[i, near].astype(np.float64)
            if exact:
                pairs = zip(others.tolist(), apart.tolist(), strict=True)
                apart = np.array([exact(top + i, other, means) for other, means in pairs])
                others, apart = others[apart <= within], apart[apart <= within]
            if len(others):
                nearest[top + i] = min(nearest[top + i], apart.min())
                nearest[others] = np.minimum(nearest[others], apart)
                _join(parents, np.append(others, top + i))
    roots = _roots(parents, np.arange(len(items)))
    found = [np.flatnonzero(roots == root) for root in _repeated(roots)]
    return [[(int(i), float(nearest[i])) for i in members] for members in found]


def _groups_apart(
    items: PathBlocks,
    within: float,
    coarse: float,
    exact: Callable[[int, int, float], float] | None,
    different: frozenset[frozenset[int]],
) -> list[list[tuple[int, float]]]:
    """As ``near_groups``, where some pairs may not meet: the nearest join first, if they may."""
    edges: list[tuple[float, int, int]] = []
    for top, left, distances in items.blocks():
        for i, j in zip(*np.nonzero(distances <= coarse), strict=True):
            a, b, apart = top + int(i), left + int(j), float(distances[i, j])
            if a < b and frozenset((a, b)) not in different:
                apart = exact(a, b, apart) if exact else apart
                if apart <= within:
                    edges.append((apart, a, b))
    groups = {number: [number] for number in range(len(items))}
    nearest = np.full(len(items), np.inf)
    for apart, a, b in sorted(edges):
        one, other = groups[a], groups[b]
        if one is not other:
            if any(frozenset((x, y)) in different for x in one for y in other):
                continue
            one += other
            groups.update(dict.fromkeys(other, one))
        nearest[[a, b]] = np.minimum(nearest[[a, b]], apart)
    found = {id(group): sorted(group) for group in groups.values() if len(group) > 1}
    return [[(i, float(nearest[i])) for i in group] for group in sorted(found.values())]


def _repeated(roots: NDArray[np.int64]) -> NDArray[np.int64]:
    """Roots of more than one item, in order."""
    values, counts = np.unique(roots, return_counts=True)
    return np.asarray(values[counts > 1], np.int64)


def _roots(parents: NDArray[np.int64], items: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first members of items' groups, shortening the way to them."""
    roots = parents[items]
    while (parents[roots] != roots).any():
        roots = parents[roots]
    parents[items] = roots
    return np.asarray(roots, np.int64)


def _join(parents: NDArray[np.int64], items: NDArray[np.int64]) -> None:
    """Make the groups of items one, under the member that comes first."""
    roots = _roots(parents, items)
    parents[roots] = roots.min()
