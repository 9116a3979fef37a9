"""The words of one atlas in memory: a quick scan of all frames, and the best of them exactly."""

import threading
from typing import cast
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.geometry.directions import row_products
from frameatlas.geometry.half_precision import widen
from frameatlas.search.cosine_scan import Cosines
from frameatlas.search.word_rows import WordRows

ALIKE = 0.95
"""Cosine from which neighbours in one source count as the same picture: frames of a shot that
stands still have more than 0.97 by CLIP, a cut seldom more than 0.9."""

NEXT_TO = 16
"""Frames that are looked at first on each side of a hit; then more and more."""

AT_ONCE = 1 << 12
"""Frames that are looked at together, at most."""

MOST_CANDIDATES = 1 << 12
"""Frames that are compared exactly for one answer, at most, unless more are asked for: where more
than that lie closer together than rounding tells apart, any of them may be found."""

SHORT_LIST = 1 << 15
"""Frames with the best rough values, among which candidates are sought."""

SIGMAS = 8
"""Standard deviations of a rough value's error that are waited for where its worst error would let
too many in: what rounding takes away has no direction, so its share in a query is about 1 in √k."""

KEPT_SCANS = 2
"""Queries whose scan is kept: hits, bars and heat of one sentence need the same."""

OUT = np.float32(-np.inf)
"""The rough value of a frame that is not to be found."""


class Words:
    """The words of one atlas, ready to be searched.

    Args:
        atlas: An atlas that has words.
    """

    def __init__(self, atlas: Atlas) -> None:
        self.rows = WordRows(atlas)
        self._cosines = Cosines(cast(NDArray[np.float16], self.rows))  # sliced as an array is
        self._scans: dict[bytes, NDArray[np.float32]] = {}
        self._keeping = threading.Lock()

    @property
    def slack(self) -> float:
        """Most that a product with a query of length 1 differs from the true one in ``scan``."""
        return self._cosines.slack

    def scan(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Best products over the crops of each frame, roughly, float32 of shape (n,); read-only."""
        key = query.tobytes()
        with self._keeping:
            if key in self._scans:
                return self._scans[key]
        products = self._cosines.scan(query[None])
        best = products[:: self.rows.crops]
        for crop in range(1, self.rows.crops):
            best = np.maximum(best, products[crop :: self.rows.crops])
        if self.rows.missing.any():
            best = np.where(self.rows.missing, OUT, best)
        best.flags.writeable = False
        with self._keeping:
            self._scans[key] = best
            while len(self._scans) > KEPT_SCANS:
                del self._scans[next(iter(self._scans))]
        return best

    def exact(self, query: NDArray[np.float32], frames: NDArray[np.int64]) -> NDArray[np.float32]:
        """The same of some frames, exactly."""
        crops = self.rows.crops
        rows = (frames[:, None] * crops + np.arange(crops)).reshape(-1)
        best: NDArray[np.float32] = self._cosines.exact(query[None], rows).reshape(-1, crops).max(1)
        return best

    def alike(self, frame: int, own: range) -> NDArray[np.int64]:
        """Frames of the same source around one that show nearly the same picture, itself too.

        They follow one another without a gap; a shot that stands still may be a whole video.
        """
        middle = self._frames(frame, frame + 1)[0]
        first = frame - self._alike(middle, range(frame - 1, own.start - 1, -1))
        stop = frame + 1 + self._alike(middle, range(frame + 1, own.stop))
        return np.arange(first, stop)

    def _alike(self, middle: NDArray[np.float32], others: range) -> int:
        """How many of some frames, from the first on, show nearly the same as another."""
        done, reach = 0, NEXT_TO
        while done < len(others):
            some = others[done : done + reach]
            low, high = min(some[0], some[-1]), max(some[0], some[-1])
            same = row_products(self._frames(low, high + 1), middle) >= ALIKE * self.rows.crops
            unlike = np.flatnonzero(~(same if some.step > 0 else same[::-1]))
            if len(unlike):
                return done + int(unlike[0])
            done, reach = done + len(some), min(4 * reach, AT_ONCE)
        return done

    def _frames(self, first: int, stop: int) -> NDArray[np.float32]:
        """The words of frames, the crops of each side by side: float32 (n, crops * width)."""
        crops, width = self.rows.crops, self.rows.shape[1]
        found = np.empty(((stop - first) * crops, width), np.float32)
        widen(self.rows[first * crops : stop * crops], found)
        return found.reshape(stop - first, crops * width)


class BestFrames:
    """The frames that fit one query best, in order, while more and more of them are left out.

    Args:
        words: The words of the atlas.
        query: float32 of shape (width,).
        among: bool of shape (n,): the frames that may be found; all by default.
    """

    def __init__(
        self, words: Words, query: NDArray[np.float32], among: NDArray[np.bool_] | None = None
    ) -> None:
        self._words, self._query = words, query
        self._rough = words.scan(query).copy()
        if among is not None:
            self._rough[~among] = OUT
        length = float(np.linalg.norm(query))
        worst, width = length * words.slack, words.rows.shape[1]
        self._errors = (worst, min(worst, SIGMAS * worst / width**0.5))
        self._true = np.full(len(self._rough), np.nan, np.float32)  # products, as they are needed
        self._short: NDArray[np.int64] = np.empty(0, np.int64)
        self._all_short = False

    def leave_out(self, frames: NDArray[np.int64]) -> None:
        """Frames that are not to be found any more."""
        self._rough[frames] = OUT

    def left(self, frame: int) -> bool:
        """Whether a frame may still be found."""
        return bool(self._rough[frame] > OUT)

    def best(self, count: int) -> list[tuple[int, float]]:
        """Some of the best frames that are left, with their true products, of equal ones the first.

        At least so many where there are, more where their order is certain.
        """
        most = max(MOST_CANDIDATES, 2 * count)
        short = self._short_list(2 * most)
        candidates, certain = short, -np.inf
        if len(short) > count:
            candidates, certain = self._candidates(short, count, most)
        candidates = np.sort(candidates)
        exact = self._exact(candidates)
        order = np.lexsort((candidates, -exact))
        order = order[: max(count, int((exact >= certain).sum()))]
        return list(zip(candidates[order].tolist(), exact[order].tolist(), strict=True))

    def _candidates(
        self, short: NDArray[np.int64], count: int, most: int
    ) -> tuple[NDArray[np.int64], float]:
        """All frames that may be among the best, and a true product that no other one reaches."""
        rough = self._rough[short]
        first = short[np.argpartition(rough, len(rough) - count)[len(rough) - count :]]
        # So many frames have a true product of at least this; whatever is roughly below it by more
        # than the error has not.
        sure = float(self._exact(np.sort(first)).min())
        for error in self._errors:
            candidates = short[rough >= sure - error]
            if len(candidates) <= most:
                return candidates, sure
        return short[np.argpartition(rough, len(rough) - most)[len(rough) - most :]], np.inf

    def _exact(self, frames: NDArray[np.int64]) -> NDArray[np.float32]:
        """True products of some frames, each read once."""
        new = frames[np.isnan(self._true[frames])]
        self._true[new] = self._words.exact(self._query, new)
        return self._true[frames]

    def _short_list(self, least: int) -> NDArray[np.int64]:
        """The frames with the best rough values of those that are left, or all of them."""
        self._short = self._short[self._rough[self._short] > OUT]
        if len(self._short) < least and not self._all_short:
            rough, size = self._rough, max(SHORT_LIST, 2 * least)
            self._all_short = size >= len(rough)
            if self._all_short:
                self._short = np.arange(len(rough))
            else:
                self._short = np.argpartition(rough, len(rough) - size)[len(rough) - size :]
            self._short = self._short[rough[self._short] > OUT]
        return self._short


_OPEN: WeakKeyDictionary[Atlas, Words] = WeakKeyDictionary()
_OPENING = threading.Lock()


def words_index(atlas: Atlas) -> Words:
    """The words of an atlas: read once for each opened atlas, and again when it has others.

    Raises:
        InputError: It has none.
    """
    with _OPENING:
        if atlas not in _OPEN or _OPEN[atlas].rows.record is not atlas.manifest.words:
            _OPEN[atlas] = Words(atlas)
        return _OPEN[atlas]
