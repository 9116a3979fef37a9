"""Indexes with a quick stand-in for the network; run as a program, so that it can be killed."""

import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder import index as indexing
from frameatlas.embedder.build import source_builder
from frameatlas.embedder.layout import few_frames

FEWEST = 10**6
"""With so few frames the layout falls back on principal axes: all but the training is the same."""


@cache
def masks() -> NDArray[np.float32]:
    """Of shape (1587, 2048): drawing them takes as long as to index a short video."""
    return np.random.default_rng(0).normal(size=(23 * 23 * 3, 2048)).astype(np.float32)


class MeanEngine:
    """Describes a crop by sums over fixed random masks; slow on purpose where told so."""

    name = "tensorflow"
    identity = "mean"
    batch = 16

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        self.masks = masks()

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """float32 of shape (m, 2048)."""
        time.sleep(self.delay)
        small = crops[:, ::13, ::13].reshape(len(crops), -1).astype(np.float32) / 255
        return np.asarray(small @ self.masks / 50, np.float32)

    def close(self) -> None:
        """Nothing is held."""


def main(videos: str, output: str, delay: str) -> None:
    """Index ``videos`` into ``output``; every block takes ``delay`` seconds more."""
    source_builder.CHECKPOINT_SECONDS = 0.05
    few_frames.FEWEST = FEWEST
    vars(indexing)["open_engine"] = lambda *_, **__: MeanEngine(float(delay))
    indexing.index_videos([videos], Path(output))


if __name__ == "__main__":
    main(*sys.argv[1:])
