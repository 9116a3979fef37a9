"""Set distances between all videos of a library, block by block, in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.search.compared_scores import compared_scores
from frameatlas.search.path_distances import SAME
from frameatlas.search.video_paths import even_rows, unit

BLOCK_FRAMES = 4_096
"""Frames on each side of a block: 64 MB of distances."""


@dataclass(frozen=True, eq=False)
class PathBlocks:
    """A few frames of each of many items, all with equal weights.

    Attributes:
        points: float32 of shape (frames, components), directions, item after item.
        starts: int64 of shape (items + 1,): each item's first frame, and the number of frames.
    """

    points: NDArray[np.float32]
    starts: NDArray[np.int64]

    @classmethod
    def of_videos(cls, atlas: Atlas, numbers: list[int], each: int) -> "PathBlocks":
        """At most so many frames of each video, evenly spread."""
        rows = [atlas.offsets[n] + even_rows(atlas.sources[n].frames, each) for n in numbers]
        starts = np.cumsum([0, *(len(own) for own in rows)], dtype=np.int64)
        frames = np.concatenate(rows) if rows else np.zeros(0, np.int64)
        return cls(unit(compared_scores(atlas)[frames]), starts)

    @classmethod
    def of_means(cls, atlas: Atlas, numbers: list[int]) -> "PathBlocks":
        """One item for each video: the mean direction of all its frames."""
        means = np.zeros((len(numbers), atlas.scores.shape[1]), np.float32)
        for item, number in enumerate(numbers):
            frames = atlas.range_of(number)
            means[item] = unit(compared_scores(atlas)[frames.start : frames.stop]).mean(axis=0)
        return cls(unit(means), np.arange(len(numbers) + 1, dtype=np.int64))

    @classmethod
    def of_frames(cls, atlas: Atlas, frames: NDArray[np.int64]) -> "PathBlocks":
        """Each frame an item of its own."""
        return cls(unit(compared_scores(atlas)[frames]), np.arange(len(frames) + 1, dtype=np.int64))

    def __len__(self) -> int:
        """Number of items."""
        return len(self.starts) - 1

    def blocks(self) -> Iterator[tuple[int, int, NDArray[np.float32]]]:
        """All pairs of items, each at least once.

        Yields:
            The numbers of the first items down and across, and float32 distances of shape
            (items down, items across); across is never before down.
        """
        cuts = self._cuts()
        for i, (top, bottom) in enumerate(cuts):
            for left, right in cuts[i:]:
                yield top, left, self._distances(top, bottom, left, right)

    def matrix(self) -> NDArray[np.float32]:
        """All distances, float32 of shape (items, items), symmetric, its diagonal 0."""
        whole = np.zeros((len(self), len(self)), np.float32)
        for top, left, distances in self.blocks():
            down, across = distances.shape
            whole[top : top + down, left : left + across] = distances
            whole[left : left + across, top : top + down] = distances.T
        return whole

    def row(self, item: int) -> NDArray[np.float32]:
        """Distances from one item to all, float32 of shape (items,)."""
        parts = [self._distances(item, item + 1, left, right)[0] for left, right in self._cuts()]
        return np.concatenate(parts)

    def pair(self, a: int, b: int) -> float:
        """Distance of two items."""
        return float(self._distances(a, a + 1, b, b + 1)[0, 0])

    def _distances(self, top: int, bottom: int, left: int, right: int) -> NDArray[np.float32]:
        """Set distances between two runs of items."""
        down = self.starts[top : bottom + 1] - self.starts[top]
        across = self.starts[left : right + 1] - self.starts[left]
        a = self.points[self.starts[top] : self.starts[bottom]]
        b = self.points[self.starts[left] : self.starts[right]]
        half = a @ b.T
        np.subtract(self._squares[self.starts[left] : self.starts[right]], half, out=half)
        half += self._squares[self.starts[top] : self.starts[bottom], None]
        half[half < SAME] = 0
        if len(half) == len(down) - 1 and half.shape[1] == len(across) - 1:
            return np.asarray(half, np.float32)  # one frame an item: nothing to gather
        there = np.minimum.reduceat(half, across[:-1], axis=1)
        back = np.minimum.reduceat(half, down[:-1], axis=0)
        there = np.add.reduceat(there, down[:-1], axis=0) / np.diff(down)[:, None]
        back = np.add.reduceat(back, across[:-1], axis=1) / np.diff(across)
        return np.asarray((there + back) / 2, np.float32)

    @cached_property
    def _squares(self) -> NDArray[np.float32]:
        """Half the squared length of every point: a half, or 0 for one without a direction."""
        lengths = np.einsum("ij,ij->i", self.points, self.points)
        return np.asarray(lengths / 2, np.float32)

    def _cuts(self) -> list[tuple[int, int]]:
        """Runs of items of at most ``BLOCK_FRAMES`` frames together, at least one item each."""
        cuts = []
        first = 0
        while first < len(self):
            most = self.starts[first] + BLOCK_FRAMES
            last = int(np.searchsorted(self.starts, most, side="right")) - 1
            last = min(len(self), max(first + 1, last))
            cuts.append((first, last))
            first = last
        return cuts
