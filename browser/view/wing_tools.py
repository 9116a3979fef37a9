"""What the browser borrows from other wings: callables that ``frameatlas browse`` fills in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas


class DescribedImage(Protocol):
    """A picture as the atlas' own network and map describe it."""

    @property
    def scores(self) -> NDArray[np.float32]:
        """float32 of shape (1, k): the components' scores."""

    @property
    def coordinates(self) -> NDArray[np.float64]:
        """float64 of shape (1, 2): its place on the map."""


@dataclass(frozen=True)
class PosterOrder:
    """A poster as the page orders it.

    Attributes:
        center: x and y of the window's middle, in map units.
        width: Of the window, in map units.
        grid: Columns and rows, or None.
        count: Number of pictures in place of a grid, or None.
        tile_height: Pixels down of a cell.
        fill: "optimal" or "nearest".
        apart: Seconds that frames of one video keep.
        ending: Of the file: ".png", ".jpg", ".webp", ".tif" or ".pdf".
    """

    center: tuple[float, float]
    width: float
    grid: tuple[int, int] | None = None
    count: int | None = None
    tile_height: int = 300
    fill: str = "optimal"
    apart: float = 0.0
    ending: str = ".png"


OnCell = Callable[[int, int], None]
"""Told how many cells are done, and of how many."""

CutClip = Callable[[Path, float, float, Path], None]
"""Writes seconds of a video, from a second on, to a file that browsers play."""


RunCommand = Callable[
    [Sequence[str], Callable[[dict[str, Any]], None], Callable[[], bool]], dict[str, Any]
]
"""Runs a command of ours: its arguments, who hears of its JSON lines, whether it is to stop."""


@dataclass(frozen=True)
class BrowserTools:
    """What other wings do for the page; the page says so where one is missing.

    Attributes:
        describe_image: Describes the bytes of a picture file as the atlas' frames were.
        render_poster: Writes a poster to a file and says in a sentence what came of it.
        cut_clip: Writes a part of a video to a file that browsers play, as MP4 or WebM.
        describe_texts: Turns sentences into unit vectors in the space of an atlas' words, float32
            of shape (t, width); the first call opens the network, which takes seconds.
        frame_rate: Says how many frames a second a video file has; None where it does not say.
        prepare_search: Loads what ``describe_image`` needs: the first picture need not wait for it.
        run_command: Runs one of our commands; None where others than this machine reach the page.
    """

    describe_image: Callable[[Atlas, bytes], DescribedImage] | None = None
    render_poster: Callable[[Atlas, PosterOrder, Path, OnCell], str] | None = None
    cut_clip: CutClip | None = None
    frame_rate: Callable[[Path], Fraction | None] | None = None
    describe_texts: Callable[[Atlas, Sequence[str]], NDArray[np.float32]] | None = None
    prepare_search: Callable[[Atlas], None] | None = None
    run_command: RunCommand | None = None

    def take_sentences(self, atlas: Atlas) -> bool:
        """Whether sentences find frames: the atlas has words, and the page the tool."""
        words = atlas.manifest.words
        return self.describe_texts is not None and words is not None and bool(words.files)

    def names(self) -> list[str]:
        """The tools that are there."""
        return [field.name for field in fields(self) if getattr(self, field.name) is not None]
