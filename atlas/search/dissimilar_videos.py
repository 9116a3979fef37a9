"""The videos of a library that differ most."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import InputError
from frameatlas.search.set_distance_blocks import PathBlocks
from frameatlas.search.video_paths import videos_of
from frameatlas.search.video_similarity import SimilarVideo, check_count

LIBRARY_FRAMES = 16_384
"""Frames of all videos together, so that comparing all pairs stays a matter of seconds."""

FEWEST_FRAMES = 8
"""Of a video."""

SHORTLIST = 256
"""Videos, each far from those before it, among which the choice is made."""

STEPS = 100_000
"""Of the search that shows that there is no better choice; then the best so far is taken."""


def dissimilar_videos(atlas: Atlas, count: int = 9) -> list[SimilarVideo]:
    """The videos whose smallest distance to each other is greatest.

    A choice is made greedily, made better by exchanging videos one for one, and then proved or
    made better still by an exhaustive search, as far as that comes to an end: with some 50 videos
    it does. In libraries of more than 256 videos, those 256 take part that lie farthest apart.

    Args:
        atlas: The atlas. Folders of photos are left out.
        count: How many; fewer come where there are fewer.

    Returns:
        In the atlas' order, each with its distance to the nearest of the others (0 if it is the
        only one), among components as in ``similar_videos``.

    Raises:
        InputError: ``count`` is below 1, or there is no video.
    """
    check_count(count)
    numbers = videos_of(atlas)
    if not numbers:
        raise InputError(
            f"Expected videos in {atlas.folder}. Received: none with frames; index some."
        )
    each = max(FEWEST_FRAMES, LIBRARY_FRAMES // len(numbers))
    blocks = PathBlocks.of_videos(atlas, numbers, each)
    if len(numbers) > max(SHORTLIST, 2 * count):
        far = sorted(_far_apart(blocks, max(SHORTLIST, 2 * count)))
        numbers = [numbers[i] for i in far]
        blocks = PathBlocks.of_videos(atlas, numbers, max(FEWEST_FRAMES, each))
    distances = blocks.matrix()
    chosen = sorted(most_apart(distances, min(count, len(numbers))))
    return [
        SimilarVideo(
            numbers[i], Path(atlas.sources[numbers[i]].path), _nearest(distances, chosen, i)
        )
        for i in chosen
    ]


def most_apart(distances: NDArray[np.float32], count: int) -> list[int]:
    """Items whose smallest distance to each other is greatest.

    Args:
        distances: float32 of shape (n, n), symmetric.
        count: How many, 1 to n.

    Returns:
        Their numbers; always the same for the same distances.
    """
    if count == 1:
        return [int(np.argmax(distances.sum(axis=1)))]
    chosen = _exchange(distances, _greedy(distances, count))
    return _search_better(distances, chosen)


def _nearest(distances: NDArray[np.float32], chosen: list[int], item: int) -> float:
    others = [other for other in chosen if other != item]
    return float(distances[item, others].min()) if others else 0.0


def _smallest(distances: NDArray[np.float32], chosen: list[int]) -> float:
    """Smallest distance within a choice of two or more."""
    own = distances[np.ix_(chosen, chosen)]
    return float(own[np.triu_indices(len(chosen), 1)].min())


def _far_apart(blocks: PathBlocks, count: int) -> list[int]:
    """Items of which each is the farthest from all before it."""
    chosen = [int(np.argmax(blocks.row(0)))]
    nearest = blocks.row(chosen[0]).astype(np.float32)
    while len(chosen) < count:
        nearest[chosen[-1]] = -1
        chosen.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, blocks.row(chosen[-1]))
    return chosen


def _greedy(distances: NDArray[np.float32], count: int) -> list[int]:
    """The two that are farthest apart, then always the one farthest from all chosen."""
    first, second = np.unravel_index(int(np.argmax(distances)), distances.shape)
    chosen = [int(first), int(second) if first != second else int(first == 0)]
    while len(chosen) < count:
        nearest = distances[chosen].min(axis=0)
        nearest[chosen] = -1
        chosen.append(int(np.argmax(nearest)))
    return chosen


def _exchange(distances: NDArray[np.float32], chosen: list[int]) -> list[int]:
    """Exchange one for one as long as the smallest distance grows."""
    chosen = list(chosen)
    while True:
        best = _smallest(distances, chosen)
        for place in range(len(chosen)):
            rest = chosen[:place] + chosen[place + 1 :]
            within = _smallest(distances, rest) if len(rest) > 1 else np.inf
            nearest = np.minimum(distances[rest].min(axis=0), within)
            nearest[rest] = -1
            if nearest.max() > best:
                chosen = [*rest, int(np.argmax(nearest))]
                break
        else:
            return chosen


def _search_better(distances: NDArray[np.float32], chosen: list[int]) -> list[int]:
    """Look for a choice with a greater smallest distance, until there is none or it takes long."""
    steps = [STEPS]
    while True:
        far = distances > _smallest(distances, chosen)
        better = _all_far(far, len(chosen), steps)
        if better is None:
            return chosen
        chosen = better


def _all_far(far: NDArray[np.bool_], count: int, steps: list[int]) -> list[int] | None:
    """So many items that are all far from each other, or None: a clique, by branch and bound."""
    sets = [int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little") for row in far]

    def search(chosen: list[int], left: int) -> list[int] | None:
        if len(chosen) == count:
            return chosen
        while left and len(chosen) + left.bit_count() >= count and steps[0] > 0:
            steps[0] -= 1
            item = left.bit_length() - 1
            left ^= 1 << item
            if found := search([*chosen, item], left & sets[item]):
                return found
        return None

    return search([], (1 << len(far)) - 1)
