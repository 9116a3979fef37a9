import json
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from benchmark import map as map_benchmark
from benchmark import map_methods, table_map
from benchmark.map_data import DATA, MapData, parts
from benchmark.map_figures import accuracy, agreement, figures_of, order
from benchmark.map_methods import METHODS, Fitted, Method


def clouds(n=400):
    random = np.random.default_rng(0)
    labels = random.integers(0, 5, n)
    scores = random.normal(size=(5, 12))[labels] * 3 + random.normal(size=(n, 12))
    return MapData("clouds", scores.astype(np.float32), labels.astype(np.int64), np.arange(n))


def test_parts_are_a_fifth_and_the_rest():
    old, new = parts(103, 1)
    assert len(new) == 20
    assert np.array_equal(np.sort(np.concatenate([old, new])), np.arange(103))


def test_a_faithful_map_has_better_figures_than_a_shuffled_one():
    data = clouds()
    axes = np.linalg.svd(data.scores - data.scores.mean(axis=0), full_matrices=False)[2]
    good = figures_of(data, data.scores @ axes[:2].T)
    bad = figures_of(data, np.random.default_rng(1).normal(size=(400, 2)))
    assert good["trustworthiness"] > bad["trustworthiness"] + 0.2
    assert good["accuracy"] > bad["accuracy"] + 0.3
    assert bad["accuracy"] < 0.4


def test_order_and_agreement_know_the_same_map_again():
    data = clouds()
    flat = MapData("flat", data.scores[:, :2], data.labels, data.paths)
    assert order(flat, data.scores[:, :2] * 3) == pytest.approx(1.0)
    assert agreement([data.scores[:, :2], -data.scores[:, :2]]) == 1.0
    other = np.random.default_rng(1).normal(size=(400, 2))
    assert agreement([data.scores[:, :2], other]) < 0.3
    assert accuracy(data.labels[:, None] * np.ones(2), data.labels) == 1.0


def test_the_report_holds_every_method_and_what_is_absent(monkeypatch, capsys):
    monkeypatch.setitem(DATA, "cifar", lambda shared: clouds())
    absent = Method(METHODS["pca"].fit, ("numpy", "no_such_library"))
    monkeypatch.setitem(METHODS, "umap", absent)
    monkeypatch.setattr(map_benchmark, "measured", _here)
    options = ["--data", "cifar", "--methods", "pca", "umap"]
    assert map_benchmark.main([*options, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["absent"] == ["umap was skipped: no_such_library is not installed."]
    found = report["data"]["clouds"]["pca"]
    assert set(found["fitted"]) == set(found["placed"])
    assert 0 < found["placed"]["trustworthiness"] <= 1
    assert map_benchmark.main(options) == 0
    shown = capsys.readouterr().out
    assert f"| PCA, two axes | {found['fitted']['trustworthiness']:.3f}".replace("0.", ".") in shown
    assert "| UMAP          | not installed" in shown
    assert "clouds, 400 frames, mean of 1 seed:" in shown
    monkeypatch.setitem(METHODS, "article", absent)
    assert map_benchmark.main(["--data", "cifar", "--methods", "article"]) == 0
    assert "| article | not installed |" in capsys.readouterr().out


def test_a_method_without_placing_has_no_such_row(monkeypatch):
    blind = Method(lambda scores, paths, seed: Fitted(scores[:, :2], None), ("numpy",))
    monkeypatch.setitem(METHODS, "blind", blind)
    assert "placed" not in map_benchmark._one_seed("blind", clouds(), 0)


def test_parametric_umap_is_asked_for_unless_a_library_is_missing():
    assert "parametric" in map_benchmark._parser().parse_args([]).methods
    parametric = METHODS["parametric"]
    assert parametric.libraries == ("umap", "tensorflow")
    lacking = replace(parametric, libraries=("no_such_umap", "numpy", "no_such_tensorflow"))
    assert lacking.missing() == ["no_such_umap", "no_such_tensorflow"]


def test_parametric_umap_places_by_its_network_what_it_was_not_fitted_on(monkeypatch):
    class Network:
        def __init__(self, **options):
            self.options = options

        def fit_transform(self, scores):
            self.mean = scores.mean(axis=0)
            return self.transform(scores)

        def transform(self, scores):
            return ((scores - self.mean) * self.options["random_state"])[:, :2]

    library = SimpleNamespace(ParametricUMAP=Network)
    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(parametric_umap=library))
    monkeypatch.setitem(sys.modules, "umap.parametric_umap", library)
    data, (old, new) = clouds(), parts(400, 3)
    fitted = METHODS["parametric"].fit(data.scores[old], data.paths[old], 3)
    middle = data.scores[old].mean(axis=0)
    np.testing.assert_allclose(fitted.places, (data.scores[old] - middle)[:, :2] * 3)
    np.testing.assert_allclose(
        fitted.place(data.scores[new]), (data.scores[new] - middle)[:, :2] * 3
    )


@pytest.mark.slow
def test_parametric_umap_keeps_the_clouds_of_frames_that_it_places(monkeypatch):
    pytest.importorskip("umap", reason="umap-learn (the extra bench) is not installed")
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    monkeypatch.setitem(map_methods.PARAMETRIC, "n_epochs", 100)
    data, (old, new) = clouds(), parts(400, 0)
    fitted = METHODS["parametric"].fit(data.scores[old], data.paths[old], 0)
    assert accuracy(fitted.places, data.labels[old]) > 0.9
    placed = fitted.place(data.scores[new])
    assert placed.shape == (80, 2)
    assert accuracy(placed, data.labels[new]) > 0.8


def test_the_table_says_who_is_first_and_how_far_seeds_agree():
    def found(trust, placed, agreement):
        figures = dict.fromkeys(table_map.FIGURES, 0.5) | {"trustworthiness": trust, "order": None}
        costs = {"seconds": 1.2, "cpu_seconds": 3.4, "peak_megabytes": 1234.5, "seeds": 2}
        report = {"fitted": figures, "agreement": agreement, **costs}
        return report | ({"placed": {**figures, "accuracy": placed}} if placed else {})

    methods = {"atlas": found(0.9371, 0.6, 0.85), "opentsne": found(0.9374, None, 0.9)}
    methods["pca"] = {**found(0.7, 0.7, 0), "seeds": 1}
    del methods["pca"]["agreement"]
    shown = table_map.table({"data": {"cifar": methods}, "absent": []})
    assert "First: trust **atlas** and openTSNE; accuracy PCA, two axes and **atlas** and" in shown
    assert "fill PCA, two axes and **atlas** and openTSNE; placed trust **atlas**;" in shown
    assert "placed accuracy PCA, two axes." in shown
    assert "order PCA" not in shown
    assert shown.endswith("Two seeds' neighbourhoods agree: **atlas** .850, openTSNE .900.")
    assert "First:" not in table_map.table(
        {"data": {"cifar": {"pca": methods["pca"]}}, "absent": []}
    )


def _here(work, *arguments):
    return {**work(*arguments), "peak_megabytes": 1.0}


def test_maps_side_by_side_fill_their_squares(synthetic_atlas, tmp_path):
    from benchmark.map_pictures import in_square
    from benchmark.map_pictures import main as draw
    from PIL import Image

    places = in_square(np.array([[3.0, -1.0], [5.0, 7.0], [4.0, 3.0]]))
    np.testing.assert_allclose(places, [[-1, -1], [1, 1], [0, 0]])
    atlas = synthetic_atlas(tmp_path / "a.atlas", sources=(("video", 40),), dimension=32)
    assert draw([str(atlas.folder), "--methods", "pca", "-o", str(tmp_path / "maps.png")]) == 0
    with Image.open(tmp_path / "maps.png") as picture:
        assert picture.convert("L").getextrema()[1] > 200
