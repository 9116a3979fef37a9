"""What a map in a notebook asks of an atlas is answered, and nothing else."""

import io

import numpy as np
import pytest
from PIL import Image

from frameatlas.browser.notebook.answers import MapAnswers
from frameatlas.errors import InputError, NoAtlasError

WHOLE = {"kind": "rectangle", "points": [[-1, -1], [1, 1]]}


def test_tiles_are_pictures_with_the_frames_in_their_cells(tmp_atlas):
    answers = MapAnswers(tmp_atlas)
    facts = answers.facts()
    assert facts["frames"] == len(tmp_atlas) == len(answers)
    picture, cells = answers.tile(0, 0, 0, 2)
    assert Image.open(io.BytesIO(picture)).size[0] <= 2 * facts["tile"][0]
    assert picture is answers.tile(0, 0, 0, 2)[0]
    shown = np.frombuffer(cells, "<i4")
    assert round(len(shown) ** 0.5) ** 2 == len(shown)
    deepest = facts["deepest"]
    side = range(2**deepest)
    found = [np.frombuffer(answers.tile(deepest, x, y, 1)[1], "<i4") for x in side for y in side]
    assert sorted(n for cells in found for n in cells.tolist() if n >= 0) == list(range(28))


@pytest.mark.parametrize(
    "place",
    [(0, 1, 0, 1), (99, 0, 0, 1), (0, 0, 0, 3), (0, 0, 0, "1"), (None, 0, 0, 1), (True, 0, 0, 1),
     (0, -1, 0, 1), (10**30, 0, 0, 1), ({}, [], "x", None)],
)  # fmt: skip
def test_a_tile_that_is_not_there_is_refused(tmp_atlas, place):
    with pytest.raises(InputError):
        MapAnswers(tmp_atlas).tile(*place)


def test_a_frame_has_its_name_its_time_and_a_small_picture(tmp_atlas):
    facts, picture = MapAnswers(tmp_atlas).frame(13, 20)
    assert (facts["name"], facts["frame"], facts["time"]) == ("1.mp4", 13, "0:00:00.33")
    assert Image.open(io.BytesIO(picture)).size[1] == 20
    for wrong in (28, -1, 1.0, "1", None):
        with pytest.raises(InputError):
            MapAnswers(tmp_atlas).frame(wrong, 20)


def test_shapes_hold_the_frames_that_are_drawn_in_them(tmp_atlas):
    answers = MapAnswers(tmp_atlas)
    assert answers.inside([WHOLE]).tolist() == list(range(28))
    assert answers.inside([]).tolist() == answers.inside(None).tolist() == []
    marks = np.frombuffer(answers.marks(np.array([0, 5])), "<f4").reshape(-1, 2)
    for (x, y), frame in zip(marks.tolist(), (0, 5), strict=True):
        near = [[x - 0.01, y - 0.01], [x + 0.01, y + 0.01]]
        assert answers.inside([{"kind": "rectangle", "points": near}]).tolist() == [frame]
    left = answers.inside([WHOLE, {"kind": "rectangle", "points": near, "subtract": True}])
    assert left.tolist() == [n for n in range(28) if n != 5]
    with pytest.raises(InputError):
        answers.inside([{"kind": "circle"}])


def test_an_atlas_without_a_map_is_refused(synthetic_atlas, tmp_path):
    with pytest.raises(NoAtlasError):
        MapAnswers(synthetic_atlas(tmp_path / "a.atlas", mapped=False))
