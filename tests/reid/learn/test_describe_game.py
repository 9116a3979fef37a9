"""A descriptor beside network and colour, described once and kept."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from frameatlas.cli.learning.describe_game import describe_game
from frameatlas.cli.main import cli
from frameatlas.embedder import index as indexing
from frameatlas.reid.identify.normalise import normalise
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.learn.descriptor import Descriptor, make_descriptor
from frameatlas.reid.learn.networks.heads import Architecture, build_network


@pytest.fixture
def descriptor(tmp_path):
    network = build_network(Architecture("tiny", "neck", 64, 32), seed=1)
    path = tmp_path / "club.descriptor"
    make_descriptor(network, {}).save(path)
    return path


def run(game_file, folder, *arguments):
    words = [str(game_file[0]), "--tracks", str(game_file[1]), "-o", str(folder)]
    return CliRunner().invoke(cli, ["players", *words, *map(str, arguments)], standalone_mode=False)


def test_crops_are_described_once(known, game_file, descriptor, monkeypatch):
    monkeypatch.setattr(indexing, "open_engine", None)  # nothing of the atlas is described again
    done = run(game_file, known, "--descriptor", descriptor)
    assert done.exception is None, done.output
    assert done.return_value == 0
    (kept,) = (known / "tables").glob("*.*.h5")
    settings = json.loads((known / "players.json").read_text())["settings"]
    assert settings["descriptor_file"] == str(descriptor)

    def again(self, pixels):
        raise AssertionError("described again")

    monkeypatch.setattr(Descriptor, "describe", again)
    assert run(game_file, known, "--descriptor", descriptor).return_value == 0
    kept.write_bytes(b"damaged")
    with pytest.raises(AssertionError, match="described again"):
        raise run(game_file, known, "--descriptor", descriptor).exception
    monkeypatch.undo()


def test_what_cannot_be_meant(known, game_file, tmp_path):
    (tmp_path / "no.descriptor").write_bytes(b"nothing")
    for words, named in (
        (("--descriptor", tmp_path / "gone.descriptor"), "train one"),
        (("--descriptor", tmp_path / "no.descriptor"), "descriptor"),
        (("--mask", "mask.descriptor"), "auto, none or a trained mask"),
        (("--descriptor-weight", "-1"), "--descriptor-weight"),
    ):
        wrong = run(game_file, known, *words)
        assert named in str(wrong.exception)


def test_it_counts_as_much_as_network_and_colour(made_up_game):
    from dataclasses import replace

    game, _ = made_up_game()
    plain = PlayersOptions(whiten=False, normalise=False)
    silent = replace(game, learned=np.random.default_rng(0).normal(size=(len(game), 8)))
    without = normalise(silent, replace(plain, descriptor_weight=0.0))
    np.testing.assert_array_equal(without, normalise(game, plain))
    assert not np.allclose(normalise(silent, plain)[:, :4], without[:, :4])


def test_another_descriptor_is_another_table(known, tmp_path):
    from types import SimpleNamespace

    from frameatlas import open_atlas

    atlas = open_atlas(known)
    (source,) = (one for one in atlas.sources if one.frames)
    recordings = [SimpleNamespace(id="a" * 32, source_id=source.id)]

    def describe(pictures):
        return pictures.reshape(len(pictures), -1)[:, :5].astype(np.float32) + 1

    tables = tmp_path / "tables"
    tables.mkdir()
    rows = describe_game(recordings, atlas, tables, describe, "one", (32, 16))
    assert rows.shape == (len(atlas), 5)
    np.testing.assert_allclose(np.linalg.norm(rows.astype(float), axis=1), 1, atol=1e-2)
    describe_game(recordings, atlas, tables, describe, "two", (32, 16))
    assert len(list(tables.glob("*.h5"))) == 2
