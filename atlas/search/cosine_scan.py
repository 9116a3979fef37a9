"""Cosines between a query and every frame of an atlas: a quick scan whose error is known.

Scores lie on disk as float16, which NumPy reads slowly (a quarter of a second a million frames).
So the first query keeps one byte a score: directions, rounded. A cosine from it is off by at most
``slack``, which is measured while rounding; who wants exact ones computes them for the few frames
that are near enough.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.geometry.directions import directions, row_products
from frameatlas.geometry.half_precision import widen
from frameatlas.processors import available_processors
from frameatlas.search.compared_scores import compared_scores
from frameatlas.search.fused_products import (
    ALIGNED,
    FUSED_ROWS,
    aligned_bytes,
    offered_products,
)

LARGEST_COPY = 1 << 30
"""Bytes of rounded scores that are kept in memory: four million frames of 256."""

BLOCK = 1 << 18
"""Numbers at once: 1 MiB of float32 stays in a core's cache. A quarter, and four times as many,
took half as long again."""

ROUNDING = 1e-5
"""What adding up 256 products in float32 can be wrong by, with room."""

FEW = 8
"""Directions up to which they are multiplied one by one."""

LEAST_SHARE = 1024
"""Rows for which a thread is worth starting."""

EXACT_ROWS = 1 << 14
"""Rows read at once for exact cosines: 32 MiB of float64."""


class Cosines:
    """Cosines of one atlas' frames to queries, in the components.

    Args:
        scores: float16 of shape (n, k), may be memory-mapped.

    Attributes:
        slack: Most that a cosine of ``scan`` differs from the true one.
    """

    def __init__(self, scores: NDArray[np.float16]) -> None:
        self._scores = scores
        self._rounded: NDArray[np.int8] | None = None
        self._steps = np.empty(len(scores), np.float32)
        self.slack = ROUNDING
        if scores.size <= LARGEST_COPY:
            self._rounded = aligned_bytes(scores.shape)
            worst = _in_threads(self._round, len(scores))
            self.slack += max(worst, default=0.0)
        else:
            _in_threads(self._measure, len(scores))

    def scan(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines to the nearest of some directions, each wrong by at most ``slack``.

        Args:
            query: float32 of shape (m, k), rows of length 1 or 0.

        Returns:
            float32 of shape (n,).
        """
        found = np.empty(len(self._scores), np.float32)
        product = _products_of(query)
        rows = self._scores if self._rounded is None else self._rounded

        def work(start: int, stop: int) -> float:
            block = self._block()
            start = self._scan_fused(query, found, start, stop)
            for part in _parts(start, stop, len(block)):
                wide = block[: part.stop - part.start]
                widen(rows[part], wide)
                found[part] = product(wide) * self._steps[part]
            return 0.0

        _in_threads(work, len(found))
        return found

    def exact(self, query: NDArray[np.float32], frames: NDArray[np.int64]) -> NDArray[np.float32]:
        """True cosines of some frames to the nearest of some directions, float32 of shape (m,)."""
        found = np.empty(len(frames), np.float32)
        turned = query.T.astype(np.float64)
        for first in range(0, len(frames), EXACT_ROWS):
            rows = self._scores[frames[first : first + EXACT_ROWS]].astype(np.float64)
            found[first : first + EXACT_ROWS] = (directions(rows) @ turned).max(axis=1)
        return found

    def _scan_fused(
        self, query: NDArray[np.float32], found: NDArray[np.float32], start: int, stop: int
    ) -> int:
        """Scan the rows for which somebody has a quicker way; gives the first that is left."""
        fused = offered_products()
        if fused is None or self._rounded is None or len(query) > 1:
            return start
        while start + FUSED_ROWS <= stop:
            part = slice(start, start + FUSED_ROWS)
            np.multiply(fused(self._rounded[part], query[0]), self._steps[part], out=found[part])
            start += FUSED_ROWS
        return start

    def _round(self, start: int, stop: int) -> float:
        """Fill a part of the copy; gives the longest difference to a true direction."""
        assert self._rounded is not None
        worst = 0.0
        unit, rest = self._block(), self._block()
        for part in _parts(start, stop, len(unit)):
            count = part.stop - part.start
            widen(self._scores[part], unit[:count])
            self._steps[part], away = _rounded_into(self._rounded[part], unit[:count], rest[:count])
            worst = max(worst, away)
        return worst

    def _measure(self, start: int, stop: int) -> float:
        """Only the lengths, where a copy would be too large."""
        block = self._block()
        for part in _parts(start, stop, len(block)):
            wide = block[: part.stop - part.start]
            widen(self._scores[part], wide)
            length = np.sqrt(row_products(wide, wide))
            with np.errstate(divide="ignore"):
                self._steps[part] = np.where(length > 0, 1 / length, 0)
        return 0.0

    def _block(self) -> NDArray[np.float32]:
        """Memory for some rows, float32 of shape (m, k)."""
        width = self._scores.shape[1]
        return np.empty((max(1, BLOCK // width), width), np.float32)


def _parts(start: int, stop: int, length: int) -> Iterator[slice]:
    """The rows from one to another in blocks."""
    for first in range(start, stop, length):
        yield slice(first, min(first + length, stop))


_OPEN: WeakKeyDictionary[Atlas, Cosines] = WeakKeyDictionary()
_OPENING = threading.Lock()


def cosines_of(atlas: Atlas) -> Cosines:
    """The cosines of an atlas: made once for each opened atlas, forgotten with it."""
    with _OPENING:
        if atlas not in _OPEN:
            _OPEN[atlas] = Cosines(compared_scores(atlas))
        return _OPEN[atlas]


def _products_of(query: NDArray[np.float32]) -> Callable[[NDArray[np.float32]], NDArray[Any]]:
    """Gives rows their largest product with some directions.

    A few are multiplied one by one: a matrix library would start threads of its own within each of
    ours, which took 25 times the processor time where others want the cores too.
    """
    if len(query) > FEW:
        turned = np.ascontiguousarray(query.T)
        return lambda rows: (rows @ turned).max(axis=1)
    if len(query) == 1:
        return lambda rows: row_products(rows, query[0])
    return lambda rows: np.max([row_products(rows, one) for one in query], axis=0)


def _rounded_into(
    out: NDArray[np.int8], unit: NDArray[np.float32], rest: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    """Round rows to whole steps of their own; fresh memory for each would take longer than that.

    Args:
        out: int8 of shape (n, k), is filled.
        unit: float32 of shape (n, k): the rows, of any length; is overwritten.
        rest: float32 of shape (n, k) to work in.

    Returns:
        The steps, float32 of shape (n,), and the longest difference to a row made 1 long.
    """
    length = np.sqrt(row_products(unit, unit))
    length[~(length > 0)] = 1
    np.divide(unit, length[:, None], out=unit)
    step = np.maximum(unit.max(axis=1), -unit.min(axis=1)) / np.float32(127)
    step[step == 0] = 1
    np.divide(unit, step[:, None], out=rest)
    np.rint(rest, out=rest)
    np.copyto(out, rest, casting="unsafe")
    np.multiply(rest, step[:, None], out=rest)
    np.subtract(unit, rest, out=rest)
    return step, float(np.sqrt(row_products(rest, rest).max(initial=0)))


def _in_threads(work: Callable[[int, int], float], rows: int) -> list[float]:
    """Share rows out among the cores; NumPy lets go of the interpreter."""
    share = max(LEAST_SHARE, -(-rows // available_processors() // ALIGNED) * ALIGNED)
    starts = range(0, rows, share)
    if len(starts) < 2:
        return [work(start, rows) for start in starts]
    with ThreadPoolExecutor(len(starts), "cosines") as pool:
        return list(pool.map(lambda start: work(start, min(start + share, rows)), starts))
