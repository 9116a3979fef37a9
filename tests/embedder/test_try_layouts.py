"""Several maps to choose from: they change nothing, and are those that relayout then draws."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from frameatlas import open_atlas
from frameatlas.cli.info import info
from frameatlas.cli.relayout import relayout as command
from frameatlas.embedder import relayout, try_layouts
from frameatlas.errors import InputError, InterruptedIndexError
from frameatlas.options import LayoutOptions
from frameatlas.poster import preview
from frameatlas.summary import atlas_info

FRAMES = 90


@pytest.fixture
def atlas(tmp_path, synthetic_atlas):
    return synthetic_atlas(tmp_path / "a.atlas", sources=(("video", FRAMES),), dimension=32)


def files_of(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_each_seed_gives_the_map_that_relayout_draws_with_it(atlas, plain_steps):
    before = files_of(atlas.folder)
    options = LayoutOptions(name="article", seed=5)
    (shown,) = try_layouts(atlas.folder, [options])
    assert files_of(atlas.folder) == before
    np.testing.assert_array_equal(relayout(atlas.folder, options).coordinates, shown)


def test_a_stop_ends_it(atlas):
    maps = try_layouts(atlas.folder, [LayoutOptions(name="article")], stopped=lambda: True)
    with pytest.raises(InterruptedIndexError, match="stays as it is"):
        next(maps)


def test_the_command_prints_a_sheet_and_changes_nothing(tmp_path, synthetic_atlas):
    # So few frames are laid out by their components, at once.
    atlas = synthetic_atlas(tmp_path / "b.atlas", sources=(("video", 40),), dimension=32)
    before = files_of(atlas.folder)
    sheet = tmp_path / "choices.png"
    arguments = [str(atlas.folder), "--try", "2", "--layout", "article", "-o", str(sheet), "--json"]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout.splitlines()[-1])["seeds"] == [0, 1]
    with Image.open(sheet) as image:
        assert image.width > 1.5 * image.height  # two maps side by side
        assert image.convert("L").getextrema()[1] > 200
    assert files_of(atlas.folder) == before


def test_an_output_without_try_is_refused(atlas):
    done = CliRunner().invoke(command, [str(atlas.folder), "-o", "x.png"])
    assert done.exit_code == 2
    assert "--try" in done.output


def test_a_preview_leaves_holes_of_the_map_empty(atlas):
    rng = np.random.default_rng(0)
    lower_left = rng.uniform(-1, 0, (FRAMES, 2))
    picture = preview(atlas, lower_left, height=180)
    height, width = picture.shape[:2]
    assert (picture[: height // 3, 2 * width // 3 :] == 255).all()
    assert (picture[2 * height // 3 :, : width // 3] != 255).any()


def test_a_preview_needs_a_place_for_every_frame(atlas):
    with pytest.raises(InputError, match=r"shape \(90, 2\)"):
        preview(atlas, np.zeros((3, 2)))


def test_what_area_tells_is_recorded_and_stays_until_it_is_said_otherwise(
    tmp_path, synthetic_atlas
):
    folder = synthetic_atlas(tmp_path / "c.atlas", sources=(("video", 40),), dimension=32).folder
    for words, spread in (((), "time"), (("--spread", "variety"), "variety"), ((), "variety")):
        done = CliRunner().invoke(command, [str(folder), *words])
        assert done.exit_code == 0, done.output
        opened = open_atlas(folder)
        assert json.loads((opened.map_folder / "map.json").read_text())["spread"] == spread
        assert atlas_info(opened)["layout"]["wish"]["spread"] == spread
    assert "area by variety" in CliRunner().invoke(info, [str(folder)]).output
