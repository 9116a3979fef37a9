"""Scores as they are compared: where all frames of an atlas are the same, they are all alike.

Scores say how frames differ from their mean. Of frames that are all the same, nothing is left of
them, and a direction of no length would be unlike everything, itself too.
"""

from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas

_BLOCK = 4096

_SAME: WeakKeyDictionary[Atlas, bool] = WeakKeyDictionary()


def compared_scores(atlas: Atlas) -> NDArray[np.float16]:
    """The atlas' scores, float16 of shape (n, k); one and the same direction where all are 0."""
    scores: NDArray[np.float16] = atlas.scores
    return np.broadcast_to(_direction(scores), scores.shape) if _all_same(atlas) else scores


def compared_query(atlas: Atlas, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores of other pictures, float32 of shape (m, k), to compare with the atlas' own."""
    if not _all_same(atlas):
        return rows
    return np.where(rows.any(axis=1, keepdims=True), rows, _direction(rows))


def _direction(rows: NDArray[np.floating]) -> NDArray[np.floating]:
    first = np.zeros((1, rows.shape[1]), rows.dtype)
    first[0, 0] = 1
    return first


def _all_same(atlas: Atlas) -> bool:
    """Whether no frame differs from the mean; usually the first block tells."""
    if atlas not in _SAME:
        scores = atlas.scores
        blocks = range(0, len(scores), _BLOCK)
        _SAME[atlas] = not any(scores[start : start + _BLOCK].any() for start in blocks)
    return _SAME[atlas]
