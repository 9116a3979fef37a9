import numpy as np

from frameatlas.drawing.compose import compose, flatten, paint
from frameatlas.geometry.cell_size import CellSize

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


def test_a_contained_picture_says_where_it_lies():
    assert paint(np.zeros((10, 20, 3), np.uint8), plain(RED, 5, 5), contain=True) == (5, 0, 10, 10)


def test_flattening_puts_the_background_where_a_picture_is_clear():
    clear = np.dstack([plain(RED), np.full((4, 8), 255, np.uint8)])
    clear[:, :3] = 0
    flat = flatten(clear, GREY)
    assert (flat[:, :3] == GREY).all()
    assert (flat[:, 3:] == RED).all()
    assert flatten(flat, BLUE) is flat
