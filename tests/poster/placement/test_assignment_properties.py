"""Frames to cells: each frame once, and never a longer way than a simpler rule's."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from frameatlas.geometry.cell_size import CellSize
from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.poster.placement.assignment import EMPTY, POWER, assign
from frameatlas.poster.placement.grid import grid_of_count
from frameatlas.poster.placement.place import place_frames
from frameatlas.poster.placement.time_spacing import Timestamps

BOUNDED = settings(max_examples=40, deadline=None, derandomize=True)
# Few different places, so that frames share them.
PLACES = st.one_of(st.floats(-1, 1), st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]))
POINTS = arrays(np.float64, st.tuples(st.integers(1, 60), st.just(2)), elements=PLACES)
GRIDS = st.builds(Grid, st.integers(1, 7), st.integers(1, 7))


@given(POINTS, GRIDS)
@BOUNDED
def test_every_frame_is_used_once_and_the_whole_way_is_the_shortest(points, grid):
    cells = Viewport().middles(grid)
    chosen = assign(cells, points)
    used = chosen[chosen != EMPTY]
    assert len(used) == min(len(cells), len(points))
    assert len(set(used.tolist())) == len(used)
    distances = cdist(cells, points) ** POWER
    rows, columns = linear_sum_assignment(distances)
    filled = np.flatnonzero(chosen != EMPTY)
    found = distances[filled, chosen[filled]].sum()
    assert found <= distances[rows, columns].sum() + 1e-6


@given(POINTS, GRIDS, st.sampled_from(["optimal", "nearest"]), st.floats(0, 5))
@BOUNDED
def test_a_placement_repeats_nothing_and_keeps_moments_apart(points, grid, fill, apart):
    if grid.cells > len(points):
        return
    moments = Timestamps(np.arange(len(points), dtype=np.int32) % 2, np.arange(len(points)) / 3)
    placed = place_frames(points, Viewport(), grid, moments, fill=fill, apart=apart)
    used = placed.frames[placed.frames != EMPTY]
    assert len(set(used.tolist())) == len(used)
    assert placed.empty + len(used) == grid.cells
    assert apart > 0 or placed.empty == 0
    for source in (0, 1):
        seconds = np.sort(moments.seconds[used[moments.source[used] == source]])
        assert (np.diff(seconds) >= apart - 1e-6).all()


@given(st.integers(1, 50_000), st.integers(1, 4000), st.integers(1, 4000))
@BOUNDED
def test_a_count_is_never_passed(count, width, height):
    grid = grid_of_count(count, CellSize(width, height))
    assert 1 <= grid.cells <= count
