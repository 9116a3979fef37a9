import numpy as np
import pytest

from frameatlas.geometry.cell_size import CellSize
from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.poster import compose, strips
from frameatlas.poster.formats.ordered_threads import OrderedWork
from frameatlas.poster.placement.place import Placement
from frameatlas.poster.strips import CellStyle, bands

GREY = (9, 10, 11)


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
