"""Frames that fit a sentence: the best cosine over the crops of each.

from frameatlas.search.word_search import joined_query, word_neighbours

query = joined_query(vectors_of_sentences)       # float32 (t, width) → (width,)
word_neighbours(atlas, query, 20).frames
"""

import threading
from typing import cast
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import InputError
from frameatlas.geometry.directions import directions
from frameatlas.search.cosine_scan import Cosines
from frameatlas.search.neighbours import Neighbours, near_frames
from frameatlas.search.word_rows import WordRows

ALIKE = 0.95
"""Cosine from which neighbours in one source count as the same picture: frames of a shot that
stands still have more than 0.97 by CLIP, a cut seldom more than 0.9."""

SHOT = 256
"""Frames looked at on each side of a hit, at most; few at first."""

CLOSER_LOOK = 8
"""Frames that are compared exactly for each one that is wanted, the best of the rough scan: frames
lie so close together that its worst error would let thousands in."""

STRETCH = (5.0, 99.0)
"""Percentiles of the cosine that are the cold and the hot end of a heat."""

_OUT = np.float32(-np.inf)


class Words:
    """The words of one atlas, ready to be searched.

    Args:
        atlas: An atlas that has words.
    """

    def __init__(self, atlas: Atlas) -> None:
        self.rows = WordRows(atlas)
        self._cosines = Cosines(cast(NDArray[np.float16], self.rows))  # sliced as an array is

    def scan(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Best products over the crops of each frame, roughly, float32 of shape (n,)."""
        found = self._cosines.scan(query[None]).reshape(-1, self.rows.crops).max(axis=1)
        best: NDArray[np.float32] = np.where(self.rows.missing, _OUT, found)
        return best

    def exact(self, query: NDArray[np.float32], frames: NDArray[np.int64]) -> NDArray[np.float32]:
        """The same of some frames, exactly."""
        crops = self.rows.crops
        rows = (frames[:, None] * crops + np.arange(crops)).reshape(-1)
        best: NDArray[np.float32] = self._cosines.exact(query[None], rows).reshape(-1, crops).max(1)
        return best

    def alike(self, frame: int, own: range) -> NDArray[np.int64]:
        """Frames of the same source around one that show nearly the same picture, itself too."""
        reach = 16
        while True:
            first, last = max(own.start, frame - reach), min(own.stop, frame + reach + 1)
            found = self._alike(frame, first, last)
            whole = (found[0] > first or first == own.start) and (
                found[-1] < last - 1 or last == own.stop
            )
            if whole or reach >= SHOT:
                return found
            reach *= 4

    def _alike(self, frame: int, first: int, last: int) -> NDArray[np.int64]:
        crops, width = self.rows.crops, self.rows.shape[1]
        near = self.rows[first * crops : last * crops].astype(np.float32)
        near = near.reshape(last - first, crops * width)
        same = near @ near[frame - first] >= ALIKE * crops
        apart = np.flatnonzero(~same)
        before, after = apart[apart < frame - first], apart[apart > frame - first]
        low = int(before[-1]) + 1 if len(before) else 0
        high = int(after[0]) if len(after) else last - first
        return np.arange(first + low, first + high)


_OPEN: WeakKeyDictionary[Atlas, Words] = WeakKeyDictionary()
_OPENING = threading.Lock()


def words_index(atlas: Atlas) -> Words:
    """The words of an atlas: read once for each opened atlas, forgotten with it.

    Raises:
        InputError: It has none.
    """
    with _OPENING:
        if atlas not in _OPEN:
            _OPEN[atlas] = Words(atlas)
        return _OPEN[atlas]


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

    Raises:
        InputError: The atlas has no words, or the query another width.
    """
    words = words_index(atlas)
    _check_query(query, words)
    rough = words.scan(query).copy()
    if among is not None:
        rough[~among] = _OUT
    frames: list[int] = []
    values: list[float] = []
    while len(frames) < count:
        for frame, value in _best(words, query, rough, 2 * count):
            if rough[frame] == _OUT or len(frames) >= count:
                continue
            frames.append(frame)
            values.append(value)
            rough[_beside(atlas, words, frame, every, skip_near, one_per_source)] = _OUT
        if not (rough > _OUT).any():
            break
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
    known = values[values > _OUT]
    if not len(known):
        return np.zeros(len(values), np.float32)
    low, high = np.percentile(known, STRETCH)
    span = max(float(high - low), 1e-9)
    return np.asarray(np.clip((values - low) / span, 0, 1), np.float32)


def strengths(atlas: Atlas, query: NDArray[np.float32], found: Neighbours) -> NDArray[np.float32]:
    """How far hits stand out, 0 to 1: from the middle of all frames to the best one."""
    if not len(found):
        return np.empty(0, np.float32)
    scanned = words_index(atlas).scan(query)
    middle = float(np.median(scanned[scanned > _OUT]))
    span = max(float(found.similarity[0]) - middle, 1e-9)
    return np.asarray(np.clip((found.similarity - middle) / span, 0, 1), np.float32)


def _best(
    words: Words, query: NDArray[np.float32], rough: NDArray[np.float32], count: int
) -> list[tuple[int, float]]:
    """The best frames of those that are left, in order; of equal ones the first."""
    looked = CLOSER_LOOK * count
    if looked < len(rough):
        candidates = np.argpartition(rough, len(rough) - looked)[len(rough) - looked :]
    else:
        candidates = np.arange(len(rough))
    candidates = np.sort(candidates[rough[candidates] > _OUT])
    exact = words.exact(query, candidates)
    order = np.lexsort((candidates, -exact))[:count]
    return list(zip(candidates[order].tolist(), exact[order].tolist(), strict=True))


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
