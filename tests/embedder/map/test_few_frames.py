"""A map of few frames is drawn and read without TensorFlow, which takes seconds to load."""

import pytest

from frameatlas import open_atlas
from frameatlas.embedder import relayout
from frameatlas.embedder.layout import registry
from frameatlas.embedder.map import fit_map, stored_map
from frameatlas.embedder.map.stored_map import load_map
from frameatlas.options import LayoutOptions


@pytest.fixture
def atlas(tmp_path, synthetic_atlas):
    """Forty frames: too few for a network to learn from."""
    return synthetic_atlas(tmp_path / "a.atlas", sources=(("video", 40),), dimension=32)


def refuse(monkeypatch):
    for module in (fit_map, stored_map):
        monkeypatch.setattr(module, "import_tensorflow", lambda: pytest.fail("it was loaded"))


def test_few_frames_need_no_network(atlas, monkeypatch):
    refuse(monkeypatch)
    drawn = relayout(atlas.folder, LayoutOptions(seed=3))
    assert load_map(open_atlas(atlas.folder)).placed(drawn.code[:3]).shape == (3, 2)
    assert not registry.takes_network(drawn.map_folder)


def test_many_frames_need_one(tmp_path, synthetic_atlas, monkeypatch):
    refuse(monkeypatch)
    many = synthetic_atlas(tmp_path / "b.atlas", sources=(("video", 90),), dimension=32)
    with pytest.raises(pytest.fail.Exception, match="it was loaded"):
        relayout(many.folder, LayoutOptions())


@pytest.mark.parametrize("text", ['{"kind": "autoencoder"}', "{}", "[1]", "{", None])
def test_what_is_not_known_to_need_none_may_need_one(tmp_path, text):
    if text is not None:
        (tmp_path / "layout.json").write_text(text)
    assert registry.takes_network(tmp_path)
