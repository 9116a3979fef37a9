import numpy as np
import pytest

from frameatlas.cells import CellSize
from frameatlas.poster import compose, strips
from frameatlas.poster.ordered_work import OrderedWork
from frameatlas.poster.placement import Placement
from frameatlas.poster.strips import CellStyle, bands
from frameatlas.viewport import Grid, Viewport

RED, GREEN, BLUE, GREY = (200, 0, 0), (0, 200, 0), (0, 0, 200), (9, 10, 11)


def plain(colour, width=8, height=4):
    return np.full((height, width, 3), colour, np.uint8)


def test_cells_lie_side_by_side_with_gaps_of_background():
    canvas = compose([plain(RED), plain(GREEN), None], 2, CellSize(8, 4), gap=3, background=GREY)
    assert canvas.shape == (11, 19, 3)
    assert (canvas[:4, :8] == RED).all()
    assert (canvas[:4, 11:] == GREEN).all()
    assert (canvas[:4, 8:11] == GREY).all()
    assert (canvas[4:] == GREY).all()


def test_a_wide_picture_is_cropped_about_its_middle():
    picture = np.concatenate([plain(RED, 8, 8), plain(GREEN, 16, 8), plain(BLUE, 8, 8)], axis=1)
    assert (compose([picture], 1, CellSize(16, 8)) == GREEN).all()


def test_contain_shows_it_whole_on_the_background():
    canvas = compose([plain(RED, 10, 20)], 1, CellSize(20, 20), background=GREY, contain=True)
    assert (canvas[:, 5:15] == RED).all()
    assert (canvas[:, :5] == GREY).all()
    assert (canvas[:, 15:] == GREY).all()


def test_other_sizes_are_scaled_with_antialiasing():
    stripes = np.zeros((40, 80, 3), np.uint8)
    stripes[:, ::2] = 200
    middle = compose([stripes], 1, CellSize(20, 10))[3:-3, 3:-3]
    assert np.abs(middle.astype(int) - 100).max() <= 4


@pytest.mark.parametrize("limit", [48 << 20, 700])
def test_bands_through_a_file_are_the_same_rows(limit, monkeypatch):
    monkeypatch.setattr(strips, "LARGEST_BAND", limit)
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (12, 10, 16, 3), np.uint8)
    frames = np.array([3, 1, -1, 7, 0, 5, 11, 2, -1, 4, 10, 9])
    placement = Placement(Viewport(), Grid(4, 3), frames, np.zeros(12))
    style = CellStyle(CellSize(16, 10), 2, GREY)
    seen = []
    work = OrderedWork(2)
    made = list(bands(placement, pictures.__getitem__, style, work, lambda n, p: seen.append(n)))
    work.close()
    expected = compose(
        [None if f < 0 else pictures[f] for f in frames], 4, style.size, gap=2, background=GREY
    )
    assert np.array_equal(np.concatenate(made), expected)
    assert seen == list(range(12))
    assert (len(made) > 6) == (limit == 700)
