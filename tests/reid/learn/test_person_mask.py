"""The mask that ships: the very network of the original, on the torso's colour."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from frameatlas.errors import InputError, WeightsError
from frameatlas.reid.crops.colour_histogram import torso_colour
from frameatlas.reid.learn.networks import person_mask as module
from frameatlas.reid.learn.networks.masks import open_mask
from frameatlas.reid.learn.networks.person_mask import load_person_mask
from frameatlas.reid.synthetic.figure import Pose, draw_figure
from frameatlas.reid.synthetic.people import make_people


def figure():
    """A drawn player before grey, 256 × 128, and where the player is."""
    person = make_people(2, 1.0, seed=1)[0]
    drawn = Image.fromarray(draw_figure(person, Pose(0.3, 0.0, 0.0), 256))
    ground = Image.new("RGBA", (128, 256), (150, 150, 140, 255))
    place = Image.new("RGBA", ground.size, (0, 0, 0, 0))
    place.paste(drawn, ((128 - drawn.width) // 2, 0))
    picture = Image.alpha_composite(ground, place).convert("RGB")
    return np.asarray(picture), np.asarray(place)[..., 3] > 128


@pytest.fixture(scope="module")
def mask():
    import_name, found = open_mask("auto")
    assert import_name.startswith("packaged mask")
    return found


def test_it_finds_who_is_there_and_keeps_each_pictures_size(mask):
    picture, person = figure()
    found = mask(np.stack([picture, np.full((256, 128, 3), 90, np.uint8)]), ())
    assert found.shape == (2, 256, 128)
    assert found[0][person].mean() > 0.9
    assert found[0][~person].mean() < 0.1
    assert found[1].mean() < 0.2
    small = mask(picture[None, ::4, ::4], ())
    assert small.shape == (1, 64, 32)
    assert small[0][person[::4, ::4]].mean() > 0.8


def test_it_computes_what_the_original_computes():
    """TensorFlow Lite's own numbers just before the last layer, noted down."""
    import keras

    model = load_person_mask()
    rows, columns, channels = np.mgrid[:256, :256, :3]
    picture = np.round(127.5 + 100 * np.sin(rows / 23 + channels) * np.cos(columns / 31))
    last = keras.Model(model.input, model.get_layer("mask_up").input)
    found = np.asarray(last(picture[None].astype(np.float32)))[0]
    assert found.mean() == pytest.approx(5.2486, abs=1e-3)
    assert found.std() == pytest.approx(12.3216, abs=1e-3)
    assert found[127, 127, 15] == pytest.approx(1.4775, abs=1e-3)


def test_it_has_as_many_numbers_as_the_original():
    model = load_person_mask()
    assert sum(int(np.prod(v.shape)) for v in model.variables) == 106_401
    assert len([v for v in model.variables if v.name == "bias"]) == 55


def test_another_file_is_refused(monkeypatch, tmp_path):
    for content in (b"other", None):
        path = tmp_path / "weights.npy"
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        monkeypatch.setattr(module, "packaged_weights", lambda path=path: path)
        with pytest.raises(WeightsError, match="leave out --mask auto"):
            load_person_mask()


def test_the_background_is_left_out_of_the_torsos_colour():
    picture = np.full((256, 128, 3), (40, 60, 150), np.uint8)
    person = np.abs(np.mgrid[:256, :128][1] - 64) < 20
    mixed = picture.copy()
    mixed[~person] = (250, 20, 20)
    plain, masked = torso_colour(mixed), torso_colour(mixed, person)
    alone = torso_colour(picture)
    assert masked @ alone > 0.999
    assert plain @ alone < masked @ alone - 0.1
    nobody = torso_colour(mixed, np.zeros((256, 128), bool))
    np.testing.assert_array_equal(nobody, plain)


def test_players_tell_the_torsos_colour_anew_and_keep_it(known, game_file, monkeypatch):
    from click.testing import CliRunner

    from frameatlas.cli.main import cli
    from frameatlas.embedder import index as indexing
    from frameatlas.reid.learn.networks import masks

    monkeypatch.setattr(indexing, "open_engine", None)
    asked = []

    def left_half(pixels, paths):
        del paths
        asked.append(len(pixels))
        return np.broadcast_to(np.arange(pixels.shape[2]) < 64, pixels.shape[:3]).astype("f4")

    monkeypatch.setattr(masks, "packaged_mask", lambda: ("left half", left_half))
    words = ["players", str(game_file[0]), "--tracks", str(game_file[1]), "-o", str(known)]
    done = CliRunner().invoke(cli, [*words, "--mask", "auto"], standalone_mode=False)
    assert done.exception is None, done.output
    assert sum(asked) > 0
    assert '"mask_file": "auto"' in (known / "players.json").read_text()
    before = sum(asked)
    again = CliRunner().invoke(cli, [*words, "--mask", "auto"], standalone_mode=False)
    assert again.exception is None, again.output
    assert sum(asked) == before  # it is kept
    none = CliRunner().invoke(cli, [*words, "--mask", "none"], standalone_mode=False)
    assert none.exception is None, none.output


def test_a_mask_that_is_no_file():
    from frameatlas.cli.learning.describe_game import check_descriptor, mask_setting

    with pytest.raises(InputError, match="auto, none or a trained mask"):
        check_descriptor(None, "mask.descriptor")
    check_descriptor(None, "auto")
    assert [mask_setting(one) for one in (None, "none", "auto")] == ["", "", "auto"]


def test_a_descriptor_that_knows_no_mask_sees_none(monkeypatch, tmp_path):
    """Black around people in front of a network that never saw it would rank them worse."""
    from frameatlas.cli.learning import describe_game as command
    from frameatlas.reid.learn import descriptor as learned
    from frameatlas.reid.learn.networks import masks

    seen = []
    trained = SimpleNamespace(
        card={}, digest="a", size=(8, 4), describe=lambda p: seen.append(p) or p[:, 0, 0]
    )
    notes = []
    progress = SimpleNamespace(
        note=notes.append, stage=lambda *words: None, step=lambda *words: None
    )
    monkeypatch.setattr(learned, "load_descriptor", lambda path: trained)
    monkeypatch.setattr(masks, "packaged_mask", lambda: ("nothing", lambda p, q: 0 * p[..., 0]))
    monkeypatch.setattr(
        command,
        "describe_game",
        lambda r, a, t, describe, *rest: describe(np.full((1, 8, 4, 3), 9)),
    )
    options = SimpleNamespace(descriptor_file="club.descriptor", mask_file="auto")
    command.describe_learned([], [], tmp_path, options, progress)
    assert (seen[0] == 9).all()
    assert "torso's colour alone" in notes[0]
    trained.card["mask"] = "packaged mask"
    command.describe_learned([], [], tmp_path, options, progress)
    assert (seen[1] == 0).all()
