from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from frameatlas.drawing.compose import canvas_size
from frameatlas.errors import InputError
from frameatlas.geometry.cell_size import CellSize
from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.poster.formats.writers import format_of
from frameatlas.poster.options import PosterOptions
from frameatlas.poster.placement import assignment
from frameatlas.poster.placement.assignment import EMPTY, assign
from frameatlas.poster.placement.grid import fill_grid, grid_of_count
from frameatlas.poster.placement.place import place_frames
from frameatlas.poster.placement.time_spacing import Timestamps
from frameatlas.poster.render import most_cells

WIDE = CellSize(534, 300)


def scattered(n, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (n, 2))


def clumped(n, seed=0):
    rng = np.random.default_rng(seed)
    return np.clip(rng.normal(0, 0.05, (n, 2)) + rng.choice([-0.7, 0.0, 0.6], (n, 2)), -1, 1)


def length(cells, frames, chosen):
    return np.linalg.norm(cells - frames[chosen], axis=1).sum()


def shortest(cells, frames):
    distances = cdist(cells, frames)
    return distances[linear_sum_assignment(distances)].sum()


def cost(cells, frames, chosen):
    return (np.linalg.norm(cells - frames[chosen], axis=1) ** assignment.POWER).sum()


def cheapest(cells, frames):
    costs = cdist(cells, frames) ** assignment.POWER
    return costs[linear_sum_assignment(costs)].sum()


@pytest.mark.parametrize("frames", [scattered(500), clumped(500), scattered(54), clumped(54)])
def test_small_assignments_are_optimal(frames):
    cells = Viewport(0.1, 0, 1.0).middles(Grid(6, 9))
    chosen = assign(cells, frames)
    assert len(set(chosen.tolist())) == 54
    assert cost(cells, frames, chosen) == pytest.approx(cheapest(cells, frames))
    assert length(cells, frames, chosen) <= 1.01 * shortest(cells, frames)


def test_frames_step_aside_and_none_leaps_over_others():
    cells = Viewport().middles(Grid(9, 9))
    frames = cells * 0.5  # all in the middle: each has to go outwards
    chosen = assign(cells, frames)
    assert np.linalg.norm(cells - frames[chosen], axis=1).max() < 0.75
    row, column = np.divmod(chosen.reshape(9, 9), 9)
    assert np.abs(np.diff(row, axis=1)).max() <= 1
    assert np.abs(np.diff(column, axis=0)).max() <= 1


@pytest.mark.parametrize("frames", [scattered(3000), clumped(3000), clumped(650), scattered(650)])
def test_large_assignments_come_within_two_percent(frames, monkeypatch):
    monkeypatch.setattr(assignment, "EXACT_ENTRIES", 20_000)
    cells = Viewport(0, 0, 1.4).middles(Grid(20, 32))
    chosen = assign(cells, frames)
    assert len(set(chosen.tolist())) == len(cells)
    assert length(cells, frames, chosen) <= 1.02 * shortest(cells, frames)


def test_identical_coordinates_still_give_every_cell_its_own_frame():
    chosen = assign(Viewport().middles(Grid(5, 8)), np.zeros((40, 2)))
    assert sorted(chosen.tolist()) == list(range(40))


def test_too_few_frames_leave_the_far_cells_empty():
    cells = Viewport().middles(Grid(4, 4))
    chosen = assign(cells, cells[[5, 6]])
    assert chosen[5] == 0
    assert chosen[6] == 1
    assert (chosen == EMPTY).sum() == 14


def one_video(n):
    return Timestamps(np.zeros(n, np.int32), np.arange(n) / 3)


@pytest.mark.parametrize("fill", ["optimal", "nearest"])
def test_frames_of_one_video_keep_apart(fill):
    points, moments = scattered(600), one_video(600)
    placed = place_frames(points, Viewport(0, 0, 1.5), Grid(5, 8), moments, fill=fill, apart=2.0)
    seconds = np.sort(moments.seconds[placed.frames[placed.frames != EMPTY]])
    assert np.diff(seconds).min() >= 2.0 - 1e-6
    assert placed.empty == 0
    assert placed.repeats == 0


def test_apart_beyond_the_video_leaves_cells_empty_and_counts_them():
    placed = place_frames(scattered(60), Viewport(), Grid(4, 4), one_video(60), apart=10.0)
    assert placed.empty == 14
    assert np.isnan(placed.displacements).sum() == 14
    assert placed.mean_displacement > 0


def test_the_plain_rule_gives_each_cell_its_nearest_where_no_two_want_the_same():
    viewport, grid = Viewport(0, 0, 2), Grid(2, 2)
    points = scattered(2000)
    placed = place_frames(points, viewport, grid, one_video(2000), fill="nearest")
    assert placed.frames.tolist() == cdist(viewport.middles(grid), points).argmin(1).tolist()


def test_optimal_is_never_farther_than_the_plain_rule_and_neither_repeats():
    points, grid = clumped(400), Grid(11, 18)
    plain, best = (
        place_frames(points, Viewport(), grid, one_video(400), fill=fill)
        for fill in ("nearest", "optimal")
    )
    assert best.mean_displacement < plain.mean_displacement
    assert best.repeats == plain.repeats == best.empty == plain.empty == 0


def test_more_cells_than_frames_are_refused():
    with pytest.raises(InputError, match="at most 20 cells"):
        place_frames(scattered(20), Viewport(), Grid(3, 7), one_video(20))


@pytest.mark.parametrize("count", [198, 199, 200])
def test_the_article_s_grid(count):
    assert grid_of_count(count, WIDE) == Grid(11, 18)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 12, 1000, 50_000])
def test_a_count_is_nearly_reached_and_never_passed(count):
    grid = grid_of_count(count, WIDE)
    assert count * 0.7 <= grid.cells <= count
    assert count < 100 or 0.8 < grid.columns * 534 / (grid.rows * 300) < 1.25


def test_the_default_grid_is_filled_from_its_own_window():
    viewport, points = Viewport(0, 0, 0.8), scattered(5000)
    grid = fill_grid(viewport, points, WIDE, 10_000)
    held = int(viewport.holds(points, grid).sum())
    assert grid.cells <= held
    assert grid.cells >= 0.95 * held
    assert fill_grid(viewport, points, WIDE, 50).cells <= 50


@pytest.mark.parametrize("width", [2.0, 1.5, 1.0])
def test_the_default_grid_is_no_higher_than_the_map(width):
    viewport, points = Viewport(0, 0, width), scattered(5000)
    grid = fill_grid(viewport, points, WIDE, 10_000)
    assert viewport.height(grid) <= 2 + 1e-9
    assert viewport.height(grid) > min(1.9, 1.7 * width)
    assert grid.cells >= 0.9 * viewport.holds(points, grid).sum()


@pytest.mark.parametrize("ending", ["webp", "jpg", "png"])
@pytest.mark.parametrize("width", [2.0, 0.5])
@pytest.mark.parametrize("cell", [WIDE, CellSize(30, 90), CellSize(1200, 500)])
def test_what_fits_by_itself_fits_the_format(ending, width, cell):
    options = PosterOptions(Viewport(0, 0, width), Path(f"poster.{ending}"), gap=2)
    most = most_cells(options, cell)
    longest = format_of(options.output).longest
    for count in range(max(1, most - 40), most + 1):
        grid = grid_of_count(count, cell, 2 / width)
        assert max(canvas_size(grid.columns, grid.rows, cell, options.gap)) <= longest


def test_an_empty_window_has_no_default_grid():
    with pytest.raises(InputError, match="empty window"):
        fill_grid(Viewport(0, 0, 0.01), np.ones((5, 2)), WIDE, 100)
