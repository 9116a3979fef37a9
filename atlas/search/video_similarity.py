"""Which videos of an atlas go a way over the map like a given one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import InputError
from frameatlas.search.compared_scores import compared_query
from frameatlas.search.frame_weights import FrameWeights
from frameatlas.search.path_distances import frame_distances, ordered_distance, set_distance
from frameatlas.search.video_paths import VideoPath, check_space, path_of, unit, videos_of

FIRST_FRAMES = 64
"""Frames of a video in the first pass over all of them."""

EXACT_FRAMES = 4_096
"""Frames of a video, evenly spread, in the second pass: all of 22 minutes at 3 a second."""

LEAST_SECOND, MOST_SECOND = 32, 256
"""Videos that the second pass compares, at least and at most; between them, twice as many as are
asked for."""

_Pair = tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float64] | None]


@dataclass(frozen=True)
class SimilarVideo:
    """A video, and how far it is from the one that was asked about.

    Attributes:
        number: Its position in ``atlas.sources``.
        path: Its file.
        distance: 0 where they show the same; among components about 1 where they have nothing in
            common, at most 2; on the map in map units.
    """

    number: int
    path: Path
    distance: float


def similar_videos(
    atlas: Atlas,
    query: int | VideoPath,
    *,
    count: int = 9,
    space: str = "components",
    ordered: bool = False,
    second: int | None = None,
) -> list[SimilarVideo]:
    """The videos whose frames are most like those of one video.

    A first pass compares up to 64 frames of every video, a second up to 4,096 frames of the best:
    twice as many as are asked for, 32 at least and 256 at most. Memory: the frames of two videos.

    Args:
        atlas: The atlas. Folders of photos have no way through time and are left out.
        query: A video's position in ``atlas.sources``, or the path of one that is not in it.
        count: How many; fewer come where there are fewer.
        space: "components", or "map" for the published way.
        ordered: Compare by dynamic time warping, so that the order of the frames matters.
        second: Videos that the second pass compares, where all are asked for and the nearest few
            matter most; without it, by ``count``.

    Returns:
        Nearest first, without the query itself; of equal distances the first in the atlas.

    Raises:
        InputError: No such space, count, or source; or the query has no frames.
    """
    check_space(space)
    check_count(count)
    own = None if isinstance(query, VideoPath) else int(query)
    path = query if isinstance(query, VideoPath) else path_of(atlas, query)
    check_way(atlas, path, own)
    search = _Search(atlas, space, path, own)
    others = [number for number in videos_of(atlas) if number != own]
    distances = search.distances(others, FIRST_FRAMES)
    exact = second or min(max(LEAST_SECOND, 2 * count), MOST_SECOND)
    best = np.argsort(distances, kind="stable")[:exact]
    distances[best] = search.distances([others[i] for i in best], EXACT_FRAMES)
    if ordered:
        distances = search.warped(others, distances, count, set(best.tolist()))
    nearest = np.argsort(distances, kind="stable")[:count]
    return [
        SimilarVideo(others[i], Path(atlas.sources[others[i]].path), float(distances[i]))
        for i in nearest
    ]


def check_count(count: int) -> None:
    """Refuse to look for less than one video.

    Raises:
        InputError: It is below 1.
    """
    if count < 1:
        raise InputError(f"Expected -k of 1 or more videos. Received: {count}.")


def check_way(atlas: Atlas, path: VideoPath, number: int | None) -> None:
    """Refuse a query without a way through time.

    Raises:
        InputError: It has no frames, other components than the atlas, or it is photos.
    """
    source = atlas.sources[number] if number is not None else None
    name = source.path if source else "the video"
    if source and source.kind == "photos":
        raise InputError(
            f"Expected a video. Received: {name}, photos, which have no way through time; "
            "`frameatlas search --image` finds pictures like one."
        )
    if not len(path):
        why = f" ({source.reason})" if source and source.reason else ""
        raise InputError(
            f"Expected a video with frames. Received: {name}, which gave none{why}; choose another."
        )
    if path.scores.shape[1] != atlas.scores.shape[1]:
        raise InputError(
            f"Expected {atlas.scores.shape[1]} components. Received: {path.scores.shape[1]}; "
            "describe the video with this atlas."
        )


class _Search:
    """One query against many videos."""

    def __init__(self, atlas: Atlas, space: str, path: VideoPath, own: int | None) -> None:
        path = replace(path, scores=compared_query(atlas, path.scores))
        self._atlas, self._space, self._path, self._own = atlas, space, path, own
        self._weights = FrameWeights(atlas)

    def distances(self, numbers: list[int], most: int) -> NDArray[np.float64]:
        """Set distances to videos, from at most so many frames of each."""
        pairs = self._pairs(numbers, most, weigh=most > FIRST_FRAMES)
        return np.array([set_distance(*pair) for pair in pairs])

    def warped(
        self, numbers: list[int], least: NDArray[np.float64], count: int, exact: set[int]
    ) -> NDArray[np.float64]:
        """Ordered distances of the nearest videos; infinite where it is surely none of them.

        Args:
            numbers: The videos.
            least: Their set distances, below which the ordered ones cannot be.
            count: How many must come out right.
            exact: Places of those in the second pass.
        """
        found = np.full(len(numbers), np.inf)
        for i in np.argsort(least, kind="stable").tolist():
            if count <= len(found) and least[i] > np.partition(found, count - 1)[count - 1]:
                break
            most = EXACT_FRAMES if i in exact else FIRST_FRAMES
            (pair,) = self._pairs([numbers[i]], most, weigh=i in exact)
            found[i] = ordered_distance(*pair)
        return found

    def _pairs(self, numbers: list[int], most: int, *, weigh: bool = True) -> Iterator[_Pair]:
        """For each video, the distances of its frames to the query's, and both's weights."""
        path = self._path.thinned(most)
        points = path.points(self._space)
        own = self._weights.of(unit(path.scores), self._own)
        for number in numbers:
            other = path_of(self._atlas, number, most=most)
            weights = self._weights.of(unit(other.scores), number) if weigh else None
            yield frame_distances(points, other.points(self._space), self._space), own, weights
