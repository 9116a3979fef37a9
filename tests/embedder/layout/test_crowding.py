"""New frames go to what they are like, not to any crowd nearby; old maps place as before."""

import json
from dataclasses import replace

import numpy as np
import pytest

from frameatlas.embedder.layout import atlas as atlas_layout
from frameatlas.embedder.layout import training
from frameatlas.embedder.layout.knn_graph import nearest, unit_scores
from frameatlas.embedder.layout.registry import fit_layout, load_layout
from frameatlas.errors import FormatError
from frameatlas.options import LayoutOptions


def crowd_and_others(seed):
    """Frames of a crowd, all nearly the same, and of a wide kind beside it; and which are those."""
    random = np.random.default_rng(seed)
    wide = np.arange(600) % 3 > 0
    middles = np.zeros((600, 24))
    middles[:, 0], middles[wide, 1] = 1.0, 1.0
    noise = np.where(wide, 0.35, 0.05)[:, None] * random.normal(size=(600, 24))
    return (middles + noise).astype(np.float16), wide


@pytest.fixture(scope="module")
def drawn():
    scores = crowd_and_others(0)[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "train", lambda *_: None)
        patch.setattr(atlas_layout, "SMALL", 600)
        return fit_layout("atlas", scores, settings=LayoutOptions(), paths=np.arange(600))


def test_a_crowd_does_not_draw_what_is_less_like_it_than_its_own(drawn):
    wide, (new, kind) = crowd_and_others(0)[1], crowd_and_others(1)
    right = []
    for crowding in (None, drawn.fitted.crowding):
        places = replace(drawn.fitted, crowding=crowding).place(new)[0]
        apart = np.linalg.norm(places[:, None] - drawn.fitted.codes[None], axis=2)
        right.append(float(np.mean(wide[apart.argmin(axis=1)] == kind)))
    assert right[1] > right[0] + 0.01
    assert right[1] > 0.97


def test_a_map_of_a_release_before_places_by_cosines_alone(drawn, tmp_path):
    drawn.save(tmp_path)
    stored = json.loads((tmp_path / "layout.json").read_text())
    del stored["crowding"]  # what it did not say, and had no file of
    (tmp_path / "layout.json").write_text(json.dumps(stored, indent=2) + "\n")
    (tmp_path / "fitted_crowding.npy").unlink()
    old, new = load_layout(tmp_path), crowd_and_others(1)[0]
    rows, cosines = nearest(unit_scores(new), unit_scores(drawn.fitted.scores), 25)
    further = cosines[:, :1].astype(np.float64) - cosines
    counts = np.exp(-2.0 * further / further[:, -1:])
    places = drawn.fitted._thick_of(drawn.fitted.codes[rows], counts)
    assert np.array_equal(old.encode(new), places)
    assert not np.array_equal(places, drawn.encode(new))
    assert np.array_equal(old.place(new)[1], drawn.place(new)[1])
    before = (tmp_path / "layout.json").read_text()
    old.save(tmp_path)
    assert (tmp_path / "layout.json").read_text() == before
    assert np.array_equal(load_layout(tmp_path).encode(new), places)


def test_stored_and_loaded_the_crowding_is_the_same(drawn, tmp_path):
    drawn.save(tmp_path)
    loaded = load_layout(tmp_path)
    assert loaded.fitted.crowding.tobytes() == drawn.fitted.crowding.tobytes()
    assert np.array_equal(
        loaded.encode(crowd_and_others(1)[0]), drawn.encode(crowd_and_others(1)[0])
    )


def test_a_small_map_places_by_cosines_alone(drawn, monkeypatch):
    monkeypatch.setattr(training, "train", lambda *_: None)
    scores = crowd_and_others(0)[0]
    small = fit_layout("atlas", scores, settings=LayoutOptions(), paths=np.arange(600))
    assert small.fitted.crowding is None
    assert drawn.fitted.crowding is not None


def test_a_map_whose_crowding_is_lost_is_refused(drawn, tmp_path):
    drawn.save(tmp_path)
    (tmp_path / "fitted_crowding.npy").unlink()
    with pytest.raises(FormatError, match=r"Expected .* to hold"):
        load_layout(tmp_path)


@pytest.mark.parametrize("crowding", [np.zeros(3), np.full(600, np.nan)])
def test_crowding_of_other_frames_is_refused(crowding, drawn, tmp_path):
    drawn.save(tmp_path)
    np.save(tmp_path / "fitted_crowding.npy", crowding)
    with pytest.raises(FormatError, match=r"fitted_crowding.npy to hold a number for each of the"):
        load_layout(tmp_path)
