"""Names on a poster: where their frames are, none over another, whatever the bands."""

import numpy as np
import pytest
from PIL import Image

from frameatlas import open_atlas
from frameatlas.cli.main import cli
from frameatlas.geometry.viewport import Viewport
from frameatlas.poster import PosterOptions, render
from frameatlas.poster.names import Label, labelled
from frameatlas.regions.members import members_of
from frameatlas.store.notes.names_file import RegionName, edit_names


@pytest.fixture
def atlas(tmp_path, synthetic_atlas):
    """Frames of four videos in the four corners."""
    corners = np.repeat([[-0.5, 0.5], [0.5, 0.5], [-0.5, -0.5], [0.5, -0.5]], 36, axis=0)
    grid = np.tile(
        [(x, y) for x in np.linspace(-0.4, 0.4, 6) for y in np.linspace(-0.4, 0.4, 6)], (4, 1)
    )
    return synthetic_atlas(
        tmp_path / "p.atlas", sources=[("video", 36)] * 4, dimension=16, coordinates=corners + grid
    )


def name(atlas, text, frames):
    frames = np.asarray(frames)
    made = RegionName(text.encode().hex(), text, len(frames), members_of(atlas, frames))
    edit_names(atlas.folder, lambda names: (*names, made))


def drawn(atlas, path, **options):
    report = render(atlas, PosterOptions(Viewport(0, 0, 2), output=path, tile_height=60, **options))
    with Image.open(report.output) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def test_a_name_lies_where_its_frames_are(atlas, tmp_path):
    plain = drawn(atlas, tmp_path / "plain.png")
    name(atlas, "upper left", range(36))
    named = drawn(atlas, tmp_path / "named.png", names=True, groups=4)
    changed = np.argwhere((plain != named).any(axis=2))
    middle = changed.mean(axis=0) / plain.shape[:2]
    assert 0.1 < middle[0] < 0.4
    assert 0.1 < middle[1] < 0.4
    assert (named.reshape(-1, 3).min(axis=1) > 240).any()  # white letters
    assert np.array_equal(drawn(atlas, tmp_path / "no.png", names=False), plain)


def test_no_name_lies_over_another(atlas, tmp_path):
    from frameatlas.drawing.compose import canvas_size
    from frameatlas.geometry.cell_size import common_size
    from frameatlas.poster.names import labels_of
    from frameatlas.poster.render import place
    from frameatlas.poster.strips import CellStyle

    for n in range(4):
        name(atlas, f"a rather long name {n}", range(36 * n, 36 * n + 36))
        name(atlas, f"part {n}", range(36 * n, 36 * n + 6))
    options = PosterOptions(Viewport(0, 0, 2), output=tmp_path / "x.png", tile_height=20)
    cell = common_size(atlas.boxes).of_height(20)
    placed, _ = place(atlas, options, cell)
    size = canvas_size(placed.grid.columns, placed.grid.rows, cell, 0)
    found = labels_of(atlas, placed, CellStyle(cell), size, 4)
    assert len(found) >= 3
    for n, label in enumerate(found):
        assert 0 <= label.x <= size[0] - label.pixels.shape[1]
        assert 0 <= label.y <= size[1] - label.pixels.shape[0]
        assert not any(label.overlaps(other, 0) for other in found[:n])


@pytest.mark.parametrize("heights", [[40], [7, 13, 20], [1] * 40])
def test_a_label_is_the_same_over_any_bands(heights):
    label = Label("x", 3, 5, np.full((20, 10, 4), 255, np.uint8))
    bands = (np.zeros((height, 30, 3), np.uint8) for height in heights)
    whole = np.concatenate(list(labelled(bands, [label])))
    assert (whole[5:25, 3:13] == 255).all()
    assert whole.sum() == 255 * 20 * 10 * 3


def test_the_command_line_writes_names(atlas, tmp_path, capsys):
    name(open_atlas(atlas.folder), "sea", range(36))
    path = tmp_path / "named.png"
    arguments = ["poster", str(atlas.folder), "--names", "--groups", "4", "-o", str(path)]
    assert cli.main([*arguments, "--tile-height", "40"], standalone_mode=False) in (0, None)
    assert str(path) in capsys.readouterr().out
    with Image.open(path) as picture:
        assert picture.size[0] > 100
