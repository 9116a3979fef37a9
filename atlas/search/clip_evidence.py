"""What a clip's frames say for each video: similarity above the ordinary, weighted by rareness.

Between unlike frames of one kind of film cosines of 0.4 are nothing special. What is ordinary for
each frame is measured: the middle of its best cosines over all videos. Black frames, title cards
and an opening that a series shares are like frames of many videos: their weight falls with that
number, as a common word's does in a search for text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.geometry.directions import directions
from frameatlas.search.compared_scores import compared_scores

SAME = 0.8
"""Cosine from which two frames show the same: re-encoded frames reach 0.75 to 0.98."""

SAME_WIDTH = 0.03
"""How gradually: cosines half this away count about a quarter and three quarters."""

FEWEST_VIDEOS = 30
"""An atlas of fewer videos counts as one of so many: of three edits of one take that are all there
is, none is common."""

LEAST_ORDINARY, MOST_ORDINARY = 0.3, 0.6
"""Bounds on what is ordinary: a small atlas of siblings must not make all of them ordinary."""

CLIP_BLOCK = 512
"""Frames of the clip compared with those at once."""

BLOCK = 1 << 15
"""Frames of the atlas compared at once: 32 MiB of float32."""


@dataclass(frozen=True, eq=False)
class Weighed:
    """A clip's frames and how much each says.

    Attributes:
        unit: float32 of shape (n, k), directions of the frames' scores.
        seconds: float64 of shape (n,), times in the clip, ascending.
        weights: float64 of shape (n,), 1 for a frame that is like none or one of the videos,
            towards 0 for one that is like all.
        ordinary: float64 of shape (n,), the cosine from which similarity says something.
        best: float32 of shape (n, sources): each frame's best cosine in each source; 0 for photos.
    """

    unit: NDArray[np.float32]
    seconds: NDArray[np.float64]
    weights: NDArray[np.float64]
    ordinary: NDArray[np.float64]
    best: NDArray[np.float32]

    def evidence(self, cosines: NDArray[np.float32], rows: slice) -> NDArray[np.float64]:
        """Cosines of some of the frames, first axis, from 0 (ordinary) to 1 (the same)."""
        ordinary = self.ordinary[rows].reshape(-1, *[1] * (cosines.ndim - 1))
        return np.asarray((cosines - ordinary) / (1 - ordinary), np.float64)


def weigh(atlas: Atlas, scores: NDArray[np.float32], seconds: NDArray[np.float64]) -> Weighed:
    """Compare a clip's frames with every video of an atlas.

    Args:
        atlas: The atlas.
        scores: float32 of shape (n, k), in the space of ``atlas.scores``.
        seconds: float64 of shape (n,), ascending.
    """
    unit = directions(scores)
    videos = video_numbers(atlas)
    best = np.zeros((len(unit), len(atlas.sources)), np.float32)
    weights, ordinary = np.ones(len(unit)), np.full(len(unit), LEAST_ORDINARY)
    for first in range(0, len(unit), CLIP_BLOCK):
        rows = slice(first, first + CLIP_BLOCK)
        for numbers in source_blocks(atlas, videos):
            start = int(atlas.offsets[numbers[0]])
            stop = int(atlas.offsets[numbers[-1] + 1])
            cosines = (
                unit[rows]
                @ directions(np.asarray(compared_scores(atlas)[start:stop], np.float32)).T
            )
            firsts = atlas.offsets[numbers] - start
            best[rows, numbers[0] : numbers[-1] + 1] = np.maximum.reduceat(cosines, firsts, axis=1)
        if videos:
            weights[rows] = _rareness(best[rows][:, videos])
            ordinary[rows] = _ordinary(best[rows][:, videos])
    return Weighed(unit, seconds, weights, ordinary, best)


def video_numbers(atlas: Atlas) -> list[int]:
    """Positions in ``atlas.sources`` of the videos that have frames."""
    return [
        number
        for number, source in enumerate(atlas.sources)
        if source.frames and source.kind == "video"
    ]


def source_blocks(atlas: Atlas, numbers: Sequence[int]) -> Iterator[list[int]]:
    """Neighbouring sources, together of at most ``BLOCK`` frames, or one that is longer."""
    block: list[int] = []
    frames = 0
    for number in numbers:
        more = atlas.sources[number].frames
        if block and (frames + more > BLOCK or number != block[-1] + 1):
            yield block
            block, frames = [], 0
        block.append(number)
        frames += more
    if block:
        yield block


def _rareness(best: NDArray[np.float32]) -> NDArray[np.float64]:
    """log((N + 1) / df) / log(N + 1), with df the number of videos that show the same."""
    videos = max(best.shape[1], FEWEST_VIDEOS)
    shows = 1 / (1 + np.exp(-np.clip((best.astype(np.float64) - SAME) / SAME_WIDTH, -50, 50)))
    shown = np.maximum(shows.sum(axis=1), 1)
    return np.asarray(np.log((videos + 1) / shown) / np.log(videos + 1), np.float64)


def _ordinary(best: NDArray[np.float32]) -> NDArray[np.float64]:
    middle = np.median(best, axis=1)
    return np.clip(middle.astype(np.float64), LEAST_ORDINARY, MOST_ORDINARY)
