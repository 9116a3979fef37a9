"""Which frame each cell shows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import InputError
from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.poster.placement.assignment import EMPTY, assign
from frameatlas.poster.placement.nearest_fill import nearest_fill
from frameatlas.poster.placement.time_spacing import Timestamps, move_nearer, thin


@dataclass(frozen=True, eq=False)
class Placement:
    """A grid over a window, and the frame of each cell.

    Attributes:
        viewport: The window.
        grid: Its cells.
        frames: int64 of shape (cells,): a frame's number, or -1 in an empty cell; the top row
            from left to right, then the next.
        displacements: float64 of shape (cells,): from a frame's coordinates to its cell's middle,
            in cells; NaN in empty ones.
    """

    viewport: Viewport
    grid: Grid
    frames: NDArray[np.int64]
    displacements: NDArray[np.float64]

    @property
    def empty(self) -> int:
        """Cells without a frame."""
        return int(np.count_nonzero(self.frames == EMPTY))

    @property
    def repeats(self) -> int:
        """Cells whose frame another cell shows too, beyond the first."""
        shown = self.frames[self.frames != EMPTY]
        return len(shown) - len(np.unique(shown))

    @property
    def mean_displacement(self) -> float:
        """Mean of the displacements, in cells; 0 where all cells are empty."""
        return float(np.nanmean(self.displacements)) if self.empty < len(self.frames) else 0.0


def frame_moments(atlas: Atlas) -> Timestamps:
    """When each frame is; photos are no neighbours in time, each is a source of its own."""
    source = atlas.source_numbers.astype(np.int32, copy=True)
    photos = np.array([s.kind == "photos" for s in atlas.sources], bool)[source]
    source[photos] = len(atlas.sources) + np.arange(int(photos.sum()))
    return Timestamps(source, atlas.seconds)


def eligible(
    points: NDArray[np.float64], viewport: Viewport, grid: Grid, moments: Timestamps, apart: float
) -> NDArray[np.int64]:
    """Frames that may be shown: those that keep apart, in the window first.

    Args:
        points: float64 of shape (n, 2), frames as seen in the window.
        viewport: The window.
        grid: Its cells.
        moments: When each frame is.
        apart: Seconds that frames of one video keep; 0 admits all.

    Returns:
        int64, ascending.
    """
    if apart == 0:
        return np.arange(len(points))
    in_time = np.lexsort((moments.seconds, moments.source))
    within = viewport.holds(points, grid)[in_time]
    order = np.concatenate([in_time[within], in_time[~within]])
    return np.sort(thin(moments, order, apart))


def place_frames(
    points: NDArray[np.float64],
    viewport: Viewport,
    grid: Grid,
    moments: Timestamps,
    *,
    fill: str = "optimal",
    apart: float = 0.0,
) -> Placement:
    """Choose the frame of every cell.

    Args:
        points: float64 of shape (n, 2), frames as seen in the window.
        viewport: The window.
        grid: Its cells, no more than there are frames.
        moments: When each frame is.
        fill: "optimal": the sum of the distances is as small as can be; "nearest": the plain rule.
        apart: Seconds that frames of one video keep; cells may then stay empty.

    Raises:
        InputError: There are more cells than frames.
    """
    if grid.cells > len(points):
        raise InputError(
            f"Expected at most {len(points)} cells, one for each frame of the atlas. Received: "
            f"{grid} = {grid.cells}; choose a smaller --grid or --count."
        )
    cells = viewport.middles(grid)
    if fill == "nearest":
        frames = nearest_fill(cells, points, moments, apart)
    else:
        allowed = eligible(points, viewport, grid, moments, apart)
        frames = assign(cells, points[allowed])
        frames[frames != EMPTY] = allowed[frames[frames != EMPTY]]
        if apart > 0:
            frames = move_nearer(cells, points, frames, moments, apart)
    away = np.linalg.norm(points[frames] - cells, axis=1) / viewport.side(grid)
    return Placement(viewport, grid, frames, np.where(frames == EMPTY, np.nan, away))
