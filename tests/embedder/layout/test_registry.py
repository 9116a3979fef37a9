import json

import numpy as np
import pytest

from frameatlas.embedder.layout.pca_layout import PrincipalLayout
from frameatlas.embedder.layout.registry import Layout, fit_layout, load_layout
from frameatlas.embedder.map.stretch import Stretch
from frameatlas.errors import FormatError, InputError
from frameatlas.options import LayoutOptions


def lumps(n: int = 900, k: int = 24, seed: int = 0):
    """Scores of six kinds of frames, root mean square 1."""
    random = np.random.default_rng(seed)
    kinds = random.normal(size=(6, k)) * 2
    scores = kinds[random.integers(0, 6, n)] + random.normal(size=(n, k))
    scores -= scores.mean(axis=0)
    return (scores / np.sqrt(np.mean(scores**2))).astype(np.float32)


def fit(scores, **settings) -> Layout:
    paths = np.zeros(len(scores), np.int64)
    return fit_layout("article", scores, settings=LayoutOptions(**settings), paths=paths)


@pytest.fixture(scope="module")
def trained() -> Layout:
    return fit(lumps())


def test_code_has_the_wished_mean_and_spread(trained) -> None:
    code = trained.encode(lumps())
    np.testing.assert_allclose(code.mean(axis=0), 0.0, atol=0.03)
    np.testing.assert_allclose(code.std(axis=0), 0.3, atol=0.03)
    np.testing.assert_allclose(trained.report["mean"], code.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(trained.report["std"], code.std(axis=0), atol=1e-6)
    assert trained.report["saturated"] == np.mean(np.abs(code) > 0.99)


def test_decoder_gives_back_more_than_the_mean(trained) -> None:
    scores = lumps()
    decoded = trained.decode(trained.encode(scores))
    error = float(np.mean((decoded - scores) ** 2))
    assert error < 0.5 * float(np.mean(scores**2))
    assert trained.report["losses"]["reconstruction"] == pytest.approx(error, rel=0.01)


def test_report_names_each_term_and_is_json(trained) -> None:
    report = trained.report
    assert set(report["losses"]) == {"reconstruction", "std", "triplet", "total"}
    parts = sum(value for name, value in report["losses"].items() if name != "total")
    assert report["losses"]["total"] == pytest.approx(parts)
    assert json.loads(json.dumps(report)) == report
    assert report["reduced"] == ""
    assert report["frames_trained"] == 900


def test_stored_and_loaded_layout_places_alike(trained, tmp_path) -> None:
    trained.save(tmp_path)
    loaded = load_layout(tmp_path)
    new = lumps(50, seed=3) * 30  # far outside what was fitted
    code = trained.encode(new)
    assert np.array_equal(loaded.encode(new), code)
    assert np.array_equal(loaded.decode(code), trained.decode(code))
    assert loaded.report == trained.report
    assert loaded.name == "article"
    assert np.isfinite(code).all()
    assert np.abs(code).max() <= 1


@pytest.mark.parametrize("n", [1, 2, 10, 63])
@pytest.mark.parametrize("k", [1, 2, 9])
def test_few_frames_are_laid_out_by_their_components(n: int, k: int, tmp_path) -> None:
    scores = np.random.default_rng(n).normal(size=(n, k)).astype(np.float32)
    layout = fit(scores)
    code = layout.encode(scores)
    assert str(n) in layout.report["reduced"]
    assert layout.report["reduced"].endswith(".")
    assert np.isfinite(code).all()
    if n >= 10:
        wished = [0.3, 0.3 if k > 1 else 0.0]
        np.testing.assert_allclose(code.mean(axis=0), 0.0, atol=1e-6)
        np.testing.assert_allclose(code.std(axis=0), wished, atol=1e-6)
    new = layout.encode(scores * 100 + 1)
    assert np.isfinite(new).all()
    assert np.abs(new).max() <= 1
    layout.save(tmp_path)
    loaded = load_layout(tmp_path)
    assert np.array_equal(loaded.encode(scores), code)
    shown = min(2, k)
    if n > 1:
        np.testing.assert_allclose(loaded.decode(code)[:, :shown], scores[:, :shown], atol=1e-3)


@pytest.mark.parametrize("kinds", [1, 2])
def test_many_copies_of_one_or_two_pictures(kinds: int) -> None:
    scores = np.tile(np.array([[1.0], [-1.0]], np.float32)[:kinds], (500, 1))
    layout = fit(scores)
    code = layout.encode(scores)
    places = Stretch.fit(code).apply(code)
    assert f"Only {kinds} of the {500 * kinds} frames differ" in layout.report["reduced"]
    assert np.isfinite(places).all()
    assert len(np.unique(places, axis=0)) == kinds


def test_rounding_noise_makes_no_new_pictures() -> None:
    scores = np.ones((800, 4), np.float32)
    scores += np.random.default_rng(0).normal(0, 1e-6, scores.shape).astype(np.float32)
    assert isinstance(fit(scores), PrincipalLayout)


def test_unknown_and_later_layouts_are_refused() -> None:
    paths = np.zeros(5, np.int64)
    with pytest.raises(InputError, match=r"article.*Received: later"):
        fit_layout("later", lumps(5), settings=LayoutOptions(), paths=paths)
    with pytest.raises(InputError, match="at least 1"):
        fit_layout("article", lumps(5)[:0], settings=LayoutOptions(), paths=paths)


@pytest.mark.parametrize(
    "wrong", [{"std": 5.0}, {"std": 0.0}, {"std": float("nan")}, {"seed": -1}, {"temporal": -1.0}]
)
def test_settings_that_cannot_be_meant_are_refused(wrong) -> None:
    with pytest.raises(InputError, match="Expected"):
        LayoutOptions(**wrong)


def test_damaged_layouts_are_named(trained, tmp_path) -> None:
    with pytest.raises(FormatError, match=r"layout\.json"):
        load_layout(tmp_path)
    trained.save(tmp_path)
    (tmp_path / "encoder.weights.h5").write_bytes(b"\0" * 100)
    with pytest.raises(FormatError, match="weights"):
        load_layout(tmp_path)
    (tmp_path / "layout.json").write_text('{"name": "later"}')
    with pytest.raises(FormatError, match="later"):
        load_layout(tmp_path)
    (tmp_path / "layout.json").write_text('{"name": "article", "kind": "principal"}')
    with pytest.raises(FormatError, match="Expected"):
        load_layout(tmp_path)
