"""A video that fills more than a quarter of a poster is named, with what shows it less often."""

import numpy as np
import pytest

from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.poster.placement.crowding import crowding_note
from frameatlas.poster.placement.place import Placement


@pytest.fixture
def atlas(tmp_path, synthetic_atlas):
    """A video of 40 frames, eleven short ones and twelve photos."""
    sources = (("video", 40), *[("video", 4)] * 11, ("photos", 12))
    return synthetic_atlas(tmp_path / "x.atlas", sources=sources, dimension=16, components=4)


def shown(frames):
    frames = np.array(frames, np.int64)
    grid = Grid(len(frames), 1)
    return Placement(Viewport(0, 0, 2), grid, frames, np.zeros(len(frames)))


def test_a_long_video_is_named_with_the_seconds_that_help(atlas):
    note = crowding_note(atlas, shown(range(80)))
    assert note == (
        "0.mp4 fills 50% of the poster: --apart 1 shows it less often, and `frameatlas shots "
        "--list --video 0.mp4` lists its shots."
    )
    assert "--apart 4" in crowding_note(atlas, shown([*range(0, 40, 3), 40, 50, -1]))


@pytest.mark.parametrize(
    "frames",
    [
        range(40),  # of nothing else
        [*range(10), *range(40, 70)],  # a quarter, no more
        [*range(4), 40, 44],  # few pictures
        [*range(84, 96), *range(40, 56)],  # photos, each a picture of its own
        [-1] * 30,
    ],
)
def test_who_shares_is_not_named(atlas, frames):
    assert crowding_note(atlas, shown(frames)) is None
