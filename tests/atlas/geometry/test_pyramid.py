import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameatlas.errors import DamagedAtlasError, InputError
from frameatlas.geometry.morton import cells_of, codes_of
from frameatlas.geometry.pyramid import EMPTY, Pyramid, deepest_zoom, homes_of

SIZES = {"scattered": 500, "one place": 300, "few places": 400, "one": 1, "two alike": 2}


def made(kind, seed=0):
    rng = np.random.default_rng(seed)
    count = SIZES[kind]
    points = rng.uniform(-1, 1, (count, 2))
    if kind in ("one place", "two alike"):
        points[:] = points[0]
    if kind == "few places":
        points = points[rng.integers(0, 5, count)]
    return points


def all_tiles(pyramid, z, mask=None):
    """The whole map at a zoom: int64 of shape (side, side)."""
    side = 1 << z
    rows = [
        np.concatenate([pyramid.tile(z, x, y, mask) for x in range(side)], 1) for y in range(side)
    ]
    return np.concatenate(rows)


def shown(grid):
    return set(grid[grid != EMPTY].tolist())


@pytest.mark.parametrize("kind", SIZES)
def test_every_frame_fills_a_tile_of_its_own_at_the_deepest_zoom(kind):
    pyramid = Pyramid.of(made(kind))
    grid = all_tiles(pyramid, pyramid.deepest)
    assert pyramid.across(pyramid.deepest) == 1
    assert sorted(grid[grid != EMPTY].tolist()) == list(range(SIZES[kind]))


@pytest.mark.parametrize("kind", SIZES)
def test_what_is_shown_stays_shown_and_stays_in_its_place(kind):
    pyramid = Pyramid.of(made(kind))
    before = None
    for z in range(pyramid.deepest + 1):
        grid = all_tiles(pyramid, z)
        side = len(grid)
        assert side == 1 << pyramid.level(z)
        for row, column in np.argwhere(grid != EMPTY):
            x, y = pyramid.places[grid[row, column]]
            assert column <= (x + 1) / 2 * side < column + 1
            assert row <= (1 - y) / 2 * side < row + 1
        assert before is None or before <= shown(grid)
        before = shown(grid)


def test_a_cell_is_empty_only_where_no_frame_lies():
    pyramid = Pyramid.of(made("few places"))
    for z in range(pyramid.deepest + 1):
        grid = all_tiles(pyramid, z)
        filled = np.zeros(grid.shape, bool)
        columns, rows = cells_of(homes_of(pyramid.places, pyramid.level(z)))
        filled[rows, columns] = True
        assert np.array_equal(grid != EMPTY, filled)


def test_frames_alone_in_their_cell_stay_there_and_others_move_no_farther_than_needed():
    points = np.concatenate([made("scattered"), np.repeat([[0.3, 0.3]], 30, 0)])
    pyramid = Pyramid.of(points)
    homes = homes_of(points, pyramid.deepest)
    _, where, counts = np.unique(homes, return_inverse=True, return_counts=True)
    alone = counts[where] == 1
    assert alone.sum() > 300
    assert np.array_equal(pyramid.cells[alone], homes[alone])
    away = np.abs(pyramid.places - points).max(axis=1) * (1 << pyramid.deepest) / 2
    assert away[-30:].max() <= 8.5
    assert np.median(away) <= 0.5


def test_the_quadrant_that_has_room_keeps_its_frames():
    rng = np.random.default_rng(3)
    cloud = rng.normal([-0.4, 0.4], 0.03, (600, 2))
    pyramid = Pyramid.of(np.concatenate([cloud, rng.uniform(-1, 1, (1000, 2))]))
    assert pyramid.deepest == 6
    quadrant = pyramid.cells >> (2 * pyramid.deepest - 2)
    assert len(np.unique(pyramid.cells[:600] >> 6)) > 9, "it fills more than its own surroundings"
    assert (quadrant[:600] == 0).all()


def test_the_same_map_gives_the_same_pyramid_and_these_very_cells():
    points = (np.arange(40).reshape(20, 2) * 37 % 41) / 20.5 - 1
    pyramid = Pyramid.of(points, np.repeat([0, 1, 2], [5, 5, 10]))
    assert np.array_equal(pyramid.cells, Pyramid.of(points, np.repeat([0, 1, 2], [5, 5, 10])).cells)
    assert pyramid.deepest == 4
    assert pyramid.cells.tolist() == CELLS
    assert pyramid.tile(0, 0, 0).tolist()[1] == SECOND_ROW


def test_a_filter_shows_the_best_of_those_it_lets_through():
    points, mask = made("scattered"), np.arange(500) % 3 == 0
    pyramid = Pyramid.of(points)
    some = pyramid.filtered(mask)
    for z in range(pyramid.deepest + 1):
        grid = all_tiles(pyramid, z, mask)
        assert mask[list(shown(grid))].all()
        assert np.array_equal(grid, all_tiles(some, z))
    assert shown(grid) == set(np.flatnonzero(mask).tolist())
    assert some.count(0, 0, 0) == mask.sum()
    assert (pyramid.filtered(~mask & mask).tile(0, 0, 0) == EMPTY).all()


@pytest.mark.parametrize("filtered", [False, True])
def test_at_says_what_a_tile_shows(filtered):
    pyramid = Pyramid.of(made("scattered"))
    mask = np.arange(500) % 2 == 0 if filtered else None
    for z in (0, 2, pyramid.deepest):
        grid = all_tiles(pyramid, z, mask)
        side = len(grid)
        for row, column in [(0, 0), (side // 2, side // 3), (side - 1, side - 1)]:
            x, y = (column + 0.5) / side * 2 - 1, 1 - (row + 0.5) / side * 2
            expected = grid[row, column]
            assert pyramid.at(x, y, z, mask) == (None if expected == EMPTY else expected)
    assert pyramid.at(1.5, 0, 0) is None
    assert pyramid.at(float("nan"), 0, 0) is None


def test_bounds_are_the_cell_around_the_frame():
    pyramid = Pyramid.of(made("scattered"))
    for z in range(pyramid.deepest + 1):
        left, bottom, right, top = pyramid.bounds(7, z)
        x, y = pyramid.places[7]
        assert left < x < right
        assert bottom < y < top
        assert right - left == top - bottom == 2 / (1 << pyramid.level(z))


def test_first_zoom_is_where_a_frame_begins_to_be_shown():
    pyramid = Pyramid.of(made("scattered"))
    for frame in range(0, 500, 50):
        z = pyramid.first_zoom(frame)
        assert frame in shown(all_tiles(pyramid, z))
        assert z == 0 or frame not in shown(all_tiles(pyramid, z - 1))


def test_tiles_lists_what_is_not_empty():
    pyramid = Pyramid.of(made("few places"))
    z = pyramid.deepest - 1
    listed = set(pyramid.tiles(z))
    for x in range(1 << z):
        for y in range(1 << z):
            assert ((x, y) in listed) == bool((pyramid.tile(z, x, y) != EMPTY).any())


def test_an_empty_map_has_empty_tiles():
    pyramid = Pyramid.of(np.zeros((0, 2)))
    assert (pyramid.tile(0, 0, 0) == EMPTY).all()
    assert pyramid.at(0, 0, 1) is None


@pytest.mark.parametrize("tile", [(-1, 0, 0), (99, 0, 0), (2, 4, 0), (2, 0, -1), (1, 10**30, 0)])
def test_tiles_beyond_the_map_are_refused(tile):
    pyramid = Pyramid.of(made("scattered"))
    assert not pyramid.holds(*tile)
    with pytest.raises(InputError, match="on the map"):
        pyramid.tile(*tile)


def test_coordinates_that_are_not_numbers_are_refused():
    with pytest.raises(DamagedAtlasError, match="relayout"):
        Pyramid.of(np.array([[0.0, np.nan]]))


def test_a_crowded_map_is_one_zoom_deeper_where_that_helps():
    rng = np.random.default_rng(0)
    assert deepest_zoom(rng.uniform(-1, 1, (1000, 2))) == 6
    assert deepest_zoom(rng.uniform(-0.5, 0.5, (1000, 2))) == 7
    assert deepest_zoom(np.zeros((1000, 2))) == 6


@pytest.mark.parametrize("where", ["spread", "one place", "two clouds"])
def test_a_hundred_thousand_frames_take_no_time(where):
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (100_000, 2))
    if where == "one place":
        points[:] = 0.1
    if where == "two clouds":
        points = points * 0.01 + np.sign(points[:, :1]) * 0.5
    begun = time.process_time()
    pyramid = Pyramid.of(points)
    assert time.process_time() - begun < 2
    assert len(np.unique(pyramid.cells)) == len(points)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 65535)), min_size=1))
def test_codes_are_undone_by_cells(cells):
    columns, rows = np.array(cells, np.int64).T
    again = cells_of(codes_of(columns, rows))
    assert np.array_equal(again[0], columns)
    assert np.array_equal(again[1], rows)


CELLS = [3, 112, 107, 156, 173, 2, 113, 110, 157, 167, 0, 91, 111, 159, 178, 1, 94, 108, 151, 176]
SECOND_ROW = [-1, -1, -1, -1, -1, -1, 11, 16]
