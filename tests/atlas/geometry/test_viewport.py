import math

import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.geometry.cell_size import CellSize, common_size, contained_place, covering_part
from frameatlas.geometry.viewport import Grid, Viewport


@pytest.mark.parametrize(
    ("text", "grid"), [("11x18", (11, 18)), (" 3 X 2 ", (3, 2)), ("1×1", (1, 1))]
)
def test_grid_is_read_from_what_people_write(text, grid):
    assert Grid.parse(text) == Grid(*grid)


@pytest.mark.parametrize("text", ["", "11", "0x3", "3x0", "-1x3", "1.5x2", "99999999x99999999"])
def test_other_grids_are_refused(text):
    with pytest.raises(InputError, match="Expected"):
        Grid.parse(text)


def test_negative_centre_is_read():
    assert Viewport.parse("-0.5,0.25", 0.5) == Viewport(-0.5, 0.25, 0.5)


@pytest.mark.parametrize("center", ["", "0", "0,0,0", "a,b", "nan,0", "1.01,0", "0,-2", "inf,0"])
def test_centres_outside_the_map_are_refused(center):
    with pytest.raises(InputError, match="Expected a centre"):
        Viewport.parse(center, 1.0)


@pytest.mark.parametrize("width", [0, -1, 5, 2.001, math.nan, math.inf])
def test_widths_that_are_no_window_are_refused(width):
    with pytest.raises(InputError, match="Expected a width"):
        Viewport(0, 0, width)


def test_a_cell_is_square_and_the_top_row_comes_first():
    viewport, grid = Viewport(0.5, -0.5, 0.6), Grid(3, 2)
    assert viewport.height(grid) == pytest.approx(0.4)
    assert viewport.side(grid) == pytest.approx(0.2)
    expected = [[-0.2, 0.1], [0, 0.1], [0.2, 0.1], [-0.2, -0.1], [0, -0.1], [0.2, -0.1]]
    np.testing.assert_allclose(viewport.middles(grid), expected, atol=1e-12)


def test_the_window_holds_what_lies_within_its_height():
    viewport, grid = Viewport(0, 0, 1.0), Grid(2, 1)
    points = np.array([[0.0, 0.0], [0.5, 0.25], [0.51, 0.0], [0.0, 0.26]])
    assert viewport.holds(points, grid).tolist() == [True, True, False, False]


def test_turning_moves_the_map_anticlockwise_under_the_window():
    viewport = Viewport(0.5, 0.0, 1.0, turn=90)
    np.testing.assert_allclose(viewport.local(np.array([[0.75, 0.0]])), [[0.0, 0.25]], atol=1e-12)
    points = np.random.default_rng(0).uniform(-1, 1, (20, 2))
    np.testing.assert_allclose(viewport.on_map(viewport.local(points)), points, atol=1e-12)


def test_without_turning_the_numbers_stay_the_same():
    points = np.random.default_rng(0).uniform(-1, 1, (20, 2))
    assert np.array_equal(Viewport(0, 0, 2, turn=360).local(points), points)


def test_cells_have_the_most_common_aspect_not_the_most_common_size():
    boxes = np.zeros((10, 4), np.int32)
    boxes[:4, 2:] = (300, 300)
    boxes[4:7, 2:] = (534, 300)
    boxes[7:, 2:] = (1068, 600)
    assert common_size(boxes).aspect == 1.78
    assert common_size(boxes).of_height(300) == CellSize(534, 300)
    assert CellSize(534, 300).of_height(1080) == CellSize(1922, 1080)


def test_covering_and_containing_keep_the_middle():
    cell = CellSize(200, 100)
    assert covering_part(100, 100, cell) == (0, 25, 100, 75)
    assert covering_part(400, 100, cell) == (100, 0, 300, 100)
    assert contained_place(100, 100, cell) == (50, 0, 100, 100)
    assert contained_place(400, 100, cell) == (0, 25, 200, 50)


def test_cells_that_are_no_picture_are_refused():
    with pytest.raises(InputError, match="Expected cells"):
        CellSize(40_000, 10)
