"""What a static site should be, and what came of it."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.browser.view.wing_tools import CutClip
from frameatlas.errors import InputError

MOST_BYTES = 500_000_000
"""Of a site that nobody gave a size: what common hosts of static pages take."""


@dataclass(frozen=True)
class SiteOptions:
    """How a static site is to be made.

    Attributes:
        output: Its folder.
        depth: The last zoom that gets tiles; None takes every zoom that ``max_bytes`` allows.
        max_bytes: The site's size, at most.
        quality: Of the WebP tiles, 1 to 100.
        jobs: Threads; None takes one for each core.
        said: Sentences that the page offers, each with its heat, float32 of shape (n,), 0 to 1.
        with_places: Tell where frames were taken; without it no place leaves the atlas.
        cut_clip: Cuts a part of a video: the page plays short clips; None leaves them out.
    """

    output: Path
    depth: int | None = None
    max_bytes: int = MOST_BYTES
    quality: int = 80
    jobs: int | None = None
    with_places: bool = False
    said: tuple[tuple[str, NDArray[np.float32]], ...] = field(default=(), compare=False)
    cut_clip: CutClip | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.depth is not None and not 0 <= self.depth <= 99:
            raise InputError(
                f"Expected a --depth of 0 or more. Received: {self.depth}; leave it out for all."
            )
        if not 1 <= self.quality <= 100:
            raise InputError(f"Expected --webp-quality from 1 to 100. Received: {self.quality}.")
        if self.max_bytes < 1:
            raise InputError(
                f"Expected --max-bytes of 1 or more. Received: {self.max_bytes}; 500MB is usual."
            )
        if self.jobs is not None and self.jobs < 1:
            raise InputError(f"Expected --jobs of 1 or more. Received: {self.jobs}.")


@dataclass(frozen=True)
class SiteReport:
    """What came of it.

    Attributes:
        output: The folder.
        tiles: Tiles of the site.
        kept: Of these, how many were there already, from a run that was stopped.
        bytes: Size of all files.
        depth: The last zoom with tiles.
        deepest: The zoom at which every frame would fill a tile.
        notes: What the user should know.
        seconds: Time it took.
    """

    output: Path
    tiles: int
    kept: int
    bytes: int
    depth: int
    deepest: int
    notes: tuple[str, ...]
    seconds: float
