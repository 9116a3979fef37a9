"""Frames that fit a sentence: the best cosine over the crops of each.

from frameatlas.search.word_search import joined_query, word_neighbours

query = joined_query(vectors_of_sentences)       # float32 (t, width) → (width,)
word_neighbours(atlas, query, 20).frames
"""

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import InputError
from frameatlas.geometry.directions import directions
from frameatlas.search.neighbours import Neighbours, near_frames, same_group
from frameatlas.search.word_index import OUT, BestFrames, Words, words_index

STRETCH = (5.0, 99.0)
"""Percentiles of the cosine that are the cold and the hot end of a heat."""

SAMPLE = 1 << 17
"""Frames that percentiles are taken of, at least: the share of all below one is off by one or two
in a thousand, for a seventh of the time of a million."""


def joined_query(
    wanted: NDArray[np.float32], unwanted: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """One query from sentences and pictures: the mean of unit vectors, less that of the unwanted.

    Args:
        wanted: float32 of shape (t, width), unit length.
        unwanted: The same, of what frames are not to show; frames are ranked by how much nearer
            they are to what is wanted.

    Returns:
        float32 of shape (width,).
    """
    query = _mean_direction(wanted)
    return query if unwanted is None or not len(unwanted) else query - _mean_direction(unwanted)


def word_neighbours(
    atlas: Atlas,
    query: NDArray[np.float32],
    count: int = 20,
    *,
    every: bool = False,
    skip_near: float = 0.0,
    one_per_source: bool = False,
    among: NDArray[np.bool_] | None = None,
    groups: NDArray[np.int64] | None = None,
) -> Neighbours:
    """Frames that fit a query best.

    Args:
        atlas: An atlas that has words.
        query: float32 of shape (width,), from ``joined_query``.
        count: Most frames to give.
        every: Also frames that show nearly the same as a better one beside them.
        skip_near: Seconds that two frames found in one video lie apart at least.
        one_per_source: Only the best frame of each source.
        among: bool of shape (n,): the frames that may be found; all by default.
        groups: int64 of shape (n,), rising: of frames that have one number only the best is given.

    Raises:
        InputError: The atlas has no words, or the query another width.
    """
    words = words_index(atlas)
    _check_query(query, words)
    search = BestFrames(words, query, among)
    frames: list[int] = []
    values: list[float] = []
    while len(frames) < count and (best := search.best(2 * count)):
        for frame, value in best:
            if len(frames) < count and search.left(frame):
                frames.append(frame)
                values.append(value)
                beside = _beside(atlas, words, frame, every, skip_near, one_per_source)
                search.leave_out(beside)
                if groups is not None:
                    search.leave_out(same_group(groups, frame))
    return Neighbours(np.array(frames, np.int64), np.array(values, np.float32))


def word_heat(atlas: Atlas, query: NDArray[np.float32]) -> NDArray[np.float32]:
    """How well each frame fits a query: float32 of shape (n,), 0 to 1, stretched by percentiles.

    Frames without words are 0.
    """
    words = words_index(atlas)
    _check_query(query, words)
    return stretched(words.scan(query))


def stretched(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values between two of their percentiles as 0 to 1; -inf is 0."""
    known = _sample(values)
    if not len(known):
        return np.zeros(len(values), np.float32)
    low, high = (np.float32(one) for one in np.percentile(known, STRETCH))
    heat = np.subtract(values, low)
    np.divide(heat, max(high - low, np.float32(1e-9)), out=heat)
    return np.clip(heat, 0, 1, out=heat)


def _sample(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values of frames that have words: of all, or evenly of so many that percentiles are sure."""
    known = values[:: max(1, len(values) // SAMPLE)]
    known = known[known > OUT]
    return known if len(known) >= min(len(values), SAMPLE) // 2 else values[values > OUT]


def strengths(atlas: Atlas, query: NDArray[np.float32], found: Neighbours) -> NDArray[np.float32]:
    """How far hits stand out, 0 to 1: from the middle of all frames to the best one."""
    if not len(found):
        return np.empty(0, np.float32)
    middle = float(np.median(_sample(words_index(atlas).scan(query))))
    span = max(float(found.similarity[0]) - middle, 1e-9)
    return np.asarray(np.clip((found.similarity - middle) / span, 0, 1), np.float32)


def _beside(
    atlas: Atlas, words: Words, frame: int, every: bool, skip_near: float, one: bool
) -> NDArray[np.int64]:
    """What a hit leaves out: itself, and what stands for the same."""
    own = atlas.range_of(int(atlas.source_numbers[frame]))
    if one:
        return np.arange(own.start, own.stop)
    out = np.array([frame]) if every else words.alike(frame, own)
    return np.union1d(out, near_frames(atlas, frame, skip_near)) if skip_near else out


def _mean_direction(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    mean = np.atleast_2d(rows).mean(axis=0, keepdims=True)
    return np.asarray(directions(mean)[0], np.float32)


def _check_query(query: NDArray[np.float32], words: Words) -> None:
    width = words.rows.shape[1]
    if query.shape != (width,) or not np.isfinite(query).all():
        raise InputError(
            f"Expected a query of {width} finite numbers. Received: shape {np.shape(query)}; "
            "describe it with the network of the atlas' words."
        )
