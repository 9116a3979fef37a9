"""For every frame the frames most like it, found beforehand: a static site has nobody to ask."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas

LIKE = 6
"""Frames that are told for each."""

NONE = 0xFFFFFFFF
"""Fills the places of a frame that has fewer."""

MOST_FRAMES = 50_000
"""Frames of an atlas whose likenesses are told: all are compared with all, which takes minutes."""

APART = 5.0
"""Seconds in which a better frame stands for its neighbours in time."""

HALF, LEAST = 0.5, 0.15
"""Share of the best one's likeness, and cosine, below which frames are not called alike: as in the
page."""

_ROWS, _LOOKED_AT = 256, 96


def alike_frames(
    atlas: Atlas, step: Callable[[int], None] = lambda _: None
) -> NDArray[np.uint32] | None:
    """The frames most like each, the best first; None where there are too many frames.

    Args:
        atlas: The atlas.
        step: Is told how many frames are done.

    Returns:
        uint32 of shape (n, LIKE), NONE where there is no other.
    """
    count = len(atlas)
    if count > MOST_FRAMES:
        return None
    scores = np.asarray(atlas.scores, np.float32)
    unit = scores / np.maximum(np.linalg.norm(scores, axis=1, keepdims=True), 1e-9)
    found = np.full((count, LIKE), NONE, np.uint32)
    looked_at = min(_LOOKED_AT, count)
    for first in range(0, count, _ROWS):
        cosines = unit[first : first + _ROWS] @ unit.T
        best = np.argpartition(-cosines, looked_at - 1, axis=1)[:, :looked_at]
        for row, candidates in enumerate(best):
            order = candidates[np.lexsort((candidates, -cosines[row, candidates]))]
            chosen = _apart(atlas, first + row, order, cosines[row])
            found[first + row, : len(chosen)] = chosen
        step(min(first + _ROWS, count))
    return found


def _apart(
    atlas: Atlas, frame: int, order: NDArray[np.int64], cosines: NDArray[np.float32]
) -> list[int]:
    """The best of some frames that are neither near the frame in time nor near better ones."""
    numbers, seconds = atlas.source_numbers, atlas.seconds
    chosen: list[int] = []
    for other in order.tolist():
        least = max(LEAST, HALF * float(cosines[chosen[0]])) if chosen else LEAST
        if len(chosen) == LIKE or cosines[other] < least:
            break
        photos = atlas.sources[numbers[other]].kind == "photos"
        near = other == frame or (
            not photos
            and any(
                numbers[one] == numbers[other] and abs(seconds[one] - seconds[other]) <= APART
                for one in (frame, *chosen)
            )
        )
        if not near:
            chosen.append(other)
    return chosen
