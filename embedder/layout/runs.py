"""Runs: consecutive frames that show nearly the same, and how much each of them counts.

A camera that stands still makes a thousand pictures of one thing. Where the plane is to tell
variety and not minutes, a run counts as much as the root of its length.
"""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.95
"""Least cosine of a frame's scores and those of the frame before it in a run."""

DRIFTED = 0.85
"""Cosine with a run's first frame below which another run begins: a slow pan shows many things."""

BLOCK = 65_536
"""Frames looked at at once."""


def run_weights(scores: NDArray[Any], paths: NDArray[Any]) -> NDArray[np.float64] | None:
    """How much each frame counts: all frames of a run together the root of its length.

    Args:
        scores: Floating point of shape (n, k).
        paths: Whole numbers of shape (n,), each frame's source; frames of one source follow each
            other in time.

    Returns:
        float64 of shape (n,), of mean 1; None where no two frames are a run: all count the same.
    """
    lengths = run_lengths(scores, paths)
    if len(lengths) == len(scores):
        return None
    weights = 1.0 / np.sqrt(np.repeat(lengths, lengths))
    return np.asarray(weights / weights.mean(), np.float64)


def run_lengths(scores: NDArray[Any], paths: NDArray[Any]) -> NDArray[np.int64]:
    """Numbers of frames of the runs, in order, of sum n; a frame unlike its neighbours is a run."""
    units = _Units(scores)
    begins = np.ones(len(scores), np.bool_)
    for start in range(1, len(scores), BLOCK):
        stop = min(start + BLOCK, len(scores))
        rows = units(start - 1, stop)
        alike = np.einsum("ij,ij->i", rows[1:], rows[:-1]) >= ALIKE
        begins[start:stop] = ~alike | (paths[start:stop] != paths[start - 1 : stop - 1])
    starts = np.flatnonzero(begins).tolist()
    for first, last in pairwise([*starts, len(scores)]):
        other = first
        while (other := _drifts(units, other, last)) < last:
            begins[other] = True
    return np.diff(np.append(np.flatnonzero(begins), len(scores)))


def _drifts(units: "_Units", first: int, last: int) -> int:
    """The first frame of a run that is no longer like its beginning; ``last`` where all are."""
    beginning = units(first, first + 1)[0]
    for start in range(first + 1, last, BLOCK):
        stop = min(start + BLOCK, last)
        far = np.flatnonzero(units(start, stop) @ beginning < DRIFTED)
        if len(far):
            return start + int(far[0])
    return last


class _Units:
    """Directions of some rows, float32."""

    def __init__(self, scores: NDArray[Any]) -> None:
        self._scores = scores

    def __call__(self, start: int, stop: int) -> NDArray[np.float32]:
        rows = np.asarray(self._scores[start:stop], np.float32)
        lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        return np.asarray(rows / np.maximum(lengths, 1e-12)[:, None], np.float32)
