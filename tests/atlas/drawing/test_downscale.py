import numpy as np
import pytest
from PIL import Image

from frameatlas.drawing import downscale as shrinking
from frameatlas.drawing.compose import paint
from frameatlas.drawing.downscale import paint_together
from frameatlas.geometry.cell_size import CellSize, covering_part


def photographs(count, width=534, height=300):
    rng = np.random.default_rng(0)
    rough = rng.integers(0, 256, (count, 12, 20, 3), np.uint8)
    kind = Image.Resampling.BICUBIC
    return [np.asarray(Image.fromarray(one).resize((width, height), kind)) for one in rough]


def painted(pictures, width, height, **options):
    """One cell for each, side by side on a clear canvas: (n, height, width, 4)."""
    cells = np.zeros((len(pictures), height, width, 4), np.uint8)
    paint_together(list(cells), iter(pictures), **options)
    return cells


def one_by_one(picture, width, height):
    """Averaged rows, then Pillow, for a single picture: what doing it together has to give."""
    step = int(picture.shape[0] / height / 1.3)
    rows = picture.shape[0] // step
    sums = picture[: rows * step].reshape(rows, step, -1).sum(axis=1, dtype=np.int64)
    fewer = ((sums + step // 2) // step).astype(np.uint8).reshape(rows, picture.shape[1], 3)
    left, top, right, bottom = covering_part(
        picture.shape[1], len(picture), CellSize(width, height)
    )
    box = (left, top / step, right, min(bottom / step, rows))
    small = Image.fromarray(fewer).resize(
        (width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=1.3
    )
    return np.asarray(small)


@pytest.mark.parametrize("size", [(16, 9), (32, 18), (64, 36), (128, 72)])
def test_each_comes_out_as_it_would_alone(size):
    pictures = photographs(5)
    cells = painted(pictures, *size)
    assert (cells[..., 3] == 255).all()
    for cell, picture in zip(cells, pictures, strict=True):
        assert np.array_equal(cell[..., :3], one_by_one(picture, *size))


@pytest.mark.parametrize("size", [(32, 18), (64, 36), (130, 70)])
def test_it_is_close_to_scaling_at_once(size):
    for picture in photographs(2):
        slow = np.zeros((size[1], size[0], 3), np.uint8)
        paint(slow, picture)
        quick = painted([picture], *size)[0, ..., :3]
        assert np.abs(slow.astype(int) - quick).mean() < 3


def test_pictures_of_several_sizes_find_their_places():
    shapes = [(200, 100), (100, 200), (200, 100), (10, 10), (60, 30), (100, 200)]
    pictures = [
        np.full((height, width, 3), 40 * number, np.uint8)
        for number, (width, height) in enumerate(shapes)
    ]
    for contain in (False, True):
        cells = painted(pictures, 20, 10, contain=contain)
        for number, cell in enumerate(cells):
            opaque = cell[..., 3] == 255
            assert (cell[opaque][:, :3] == 40 * number).all()
            assert not cell[~opaque].any()
            alone = painted([pictures[number]], 20, 10, contain=contain)[0]
            assert np.array_equal(cell, alone)
        assert (cells[..., 3] == 255).all() != contain


def test_a_part_of_a_larger_array_is_a_picture_too():
    whole = photographs(1, 600, 400)[0]
    part = whole[30:330, 20:554]
    assert np.array_equal(painted([part], 64, 36), painted([part.copy()], 64, 36))


def test_what_is_held_is_bounded(monkeypatch):
    pictures = photographs(5)
    expected = painted(pictures, 64, 36)
    monkeypatch.setattr(shrinking, "_HELD", 2 * 50 * 534 * 6)  # two pictures' averaged rows
    held, real = [], shrinking.Shrinking._means
    monkeypatch.setattr(
        shrinking.Shrinking, "_means", lambda self: held.append(len(self._places)) or real(self)
    )
    assert np.array_equal(painted(pictures, 64, 36), expected)
    assert held == [2, 2, 1]


def test_a_picture_too_many_or_too_few_is_noticed():
    with pytest.raises(ValueError, match="zip"):
        paint_together(list(np.zeros((2, 9, 16, 4), np.uint8)), iter(photographs(1)))
