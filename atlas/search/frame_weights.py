"""How much each frame of a video counts: black pictures and titles that many videos share, little.

A frame is as common as there are other videos that hold nearly the same frame. Copies of one
video make all its frames equally common; so only frames that are more common than most of their
own video lose weight, and copies are compared as if they were alone.
"""

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.search.compared_scores import compared_scores
from frameatlas.search.video_paths import even_rows, unit, videos_of

REFERENCES = 2_048
"""Frames of the whole atlas that others are compared with: the cost of a weight is bounded."""

FEWEST = 8
"""References of one video. Titles and black lie at its ends, which are always among them."""

NEAR = 0.05
"""1 − cosine below which two frames show the same."""

FREE = 1
"""Other videos that may share a frame before it counts less: a copied part is no title."""


class FrameWeights:
    """Gives the weights of frames of an atlas, or of a video beside it.

    Args:
        atlas: The atlas.
    """

    def __init__(self, atlas: Atlas) -> None:
        videos = videos_of(atlas)
        chosen = [videos[i] for i in even_rows(len(videos), REFERENCES // FEWEST)]
        each = max(FEWEST, REFERENCES // max(1, len(chosen)))
        rows = [atlas.offsets[n] + even_rows(atlas.sources[n].frames, each) for n in chosen]
        self._videos = np.array(chosen, np.int64)
        lengths = np.array([len(own) for own in rows], np.int64)
        self._starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if rows else lengths
        frames = np.concatenate(rows) if rows else np.zeros(0, np.int64)
        self._references = unit(compared_scores(atlas)[frames])

    def of(self, points: NDArray[np.float32], own: int | None = None) -> NDArray[np.float64]:
        """Weights of the frames of one video.

        Args:
            points: float32 of shape (n, components), the frames' directions, of length 1 or 0.
            own: The video's number, which does not count as another; None for one beside it.

        Returns:
            float64 of shape (n,), 0 < weight ≤ 1, at least half of them 1.
        """
        if not len(points) or not len(self._videos):
            return np.ones(len(points))
        near = points @ self._references.T > 1 - NEAR
        shared = np.logical_or.reduceat(near, self._starts, axis=1)
        common = shared[:, self._videos != own].sum(axis=1)
        excess = np.maximum(0, common - np.median(common) - FREE)
        return np.asarray(1 / (1 + excess), np.float64)
