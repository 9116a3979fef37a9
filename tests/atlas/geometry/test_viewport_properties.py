"""Windows, grids and cells: what must hold for every one of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from frameatlas.geometry.cell_size import CellSize, common_size, contained_place, covering_part
from frameatlas.geometry.viewport import NARROWEST, Grid, Viewport

BOUNDED = settings(max_examples=60, deadline=None, derandomize=True)
PLACE = st.floats(-1, 1)
VIEWPORTS = st.builds(
    Viewport, x=PLACE, y=PLACE, width=st.floats(NARROWEST, 2), turn=st.floats(-720, 720)
)
GRIDS = st.builds(Grid, columns=st.integers(1, 60), rows=st.integers(1, 60))
POINTS = arrays(np.float64, st.tuples(st.integers(1, 20), st.just(2)), elements=PLACE)
SIDES = st.integers(1, 5000)
CELLS = st.builds(CellSize, SIDES, SIDES)


@given(VIEWPORTS, POINTS)
@BOUNDED
def test_seen_from_the_window_and_back_is_the_same_place(viewport, points):
    there = viewport.on_map(viewport.local(points))
    np.testing.assert_allclose(there, points, atol=1e-12)


@given(VIEWPORTS, POINTS)
@BOUNDED
def test_turning_keeps_distances(viewport, points):
    seen = viewport.local(points)
    away = np.hypot(*(points - (viewport.x, viewport.y)).T)
    np.testing.assert_allclose(np.hypot(*seen.T), away, atol=1e-12)


@given(VIEWPORTS, GRIDS)
@BOUNDED
def test_middles_lie_in_the_window_a_cell_apart_and_balanced(viewport, grid):
    middles = viewport.middles(grid)
    assert middles.shape == (grid.cells, 2)
    assert viewport.holds(middles, grid).all()
    np.testing.assert_allclose(middles.mean(axis=0), 0, atol=1e-9)
    side = viewport.side(grid)
    table = middles.reshape(grid.rows, grid.columns, 2)
    np.testing.assert_allclose(np.diff(table[..., 0], axis=1), side, rtol=1e-6)
    np.testing.assert_allclose(np.diff(table[..., 1], axis=0), -side, rtol=1e-6)
    assert viewport.height(grid) == pytest.approx(side * grid.rows)


@given(GRIDS)
@BOUNDED
def test_a_grid_is_read_as_it_is_written(grid):
    assert Grid.parse(str(grid)) == grid
    assert Grid.parse(f"{grid.columns}x{grid.rows}") == grid


@given(PLACE, PLACE, st.floats(NARROWEST, 2))
@BOUNDED
def test_a_centre_is_read_as_it_is_written(x, y, width):
    assert Viewport.parse(f"{x!r},{y!r}", width) == Viewport(x, y, width)


@given(SIDES, SIDES, CELLS)
@BOUNDED
def test_a_covering_part_lies_inside_and_has_the_cells_shape(width, height, cell):
    left, top, right, bottom = covering_part(width, height, cell)
    assert -1e-9 <= left <= right <= width + 1e-9
    assert -1e-9 <= top <= bottom <= height + 1e-9
    assert (right - left) / (bottom - top) == pytest.approx(cell.aspect)
    assert left + right == pytest.approx(width)
    assert top + bottom == pytest.approx(height)
    assert right - left == pytest.approx(width) or bottom - top == pytest.approx(height)


@given(SIDES, SIDES, CELLS)
@BOUNDED
def test_a_contained_picture_lies_inside_and_touches_two_sides(width, height, cell):
    x, y, w, h = contained_place(width, height, cell)
    assert 0 <= x <= x + w <= cell.width
    assert 0 <= y <= y + h <= cell.height
    assert w == cell.width or h == cell.height
    scale = min(cell.width / width, cell.height / height)
    assert w == max(1, min(cell.width, round(width * scale)))


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(1, 400)), min_size=1, max_size=30))
@BOUNDED
def test_the_common_size_is_that_of_a_frame_and_of_no_rarer_shape(sizes):
    boxes = np.array([(0, 0, *size) for size in sizes], np.int32)
    found = common_size(boxes)
    assert (found.width, found.height) in sizes
    shapes = np.round(boxes[:, 2] / boxes[:, 3], 2)
    counts = {shape: int((shapes == shape).sum()) for shape in set(shapes.tolist())}
    shape = float(np.round(found.width / found.height, 2))  # Python rounds .025 another way
    assert counts[shape] == max(counts.values())
