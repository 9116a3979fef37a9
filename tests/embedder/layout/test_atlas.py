import json

import numpy as np
import pytest

from frameatlas.embedder.layout import atlas as atlas_layout
from frameatlas.embedder.layout import few_frames, neighbour_embedding, out_of_sample, training
from frameatlas.embedder.layout.knn_graph import unit_scores
from frameatlas.embedder.layout.out_of_sample import to_float16
from frameatlas.embedder.layout.registry import fit_layout, load_layout
from frameatlas.embedder.layout.rotation import rotate
from frameatlas.embedder.map.neighbourhood_metrics import (
    neighbours_kept,
    squared_distances,
    trustworthiness,
)
from frameatlas.errors import FormatError, InputError
from frameatlas.options import LayoutOptions


def lumps(n=900, k=24, seed=0):
    """Scores of six kinds of frames, root mean square 1, as an atlas stores them."""
    random = np.random.default_rng(seed)
    kinds = np.random.default_rng(0).normal(size=(6, k)) * 2
    scores = kinds[random.integers(0, 6, n)] + random.normal(size=(n, k))
    return (scores / np.sqrt(np.mean(scores**2))).astype(np.float16)


def fit(scores, paths=None, progress=None, **settings):
    paths = np.arange(len(scores)) if paths is None else paths
    settings = LayoutOptions(**settings)
    return fit_layout("atlas", scores, settings=settings, paths=paths, progress=progress)


@pytest.fixture(scope="module", autouse=True)
def brief():
    patch = pytest.MonkeyPatch()
    patch.setattr(atlas_layout, "STEPS", 200)
    yield
    patch.undo()


@pytest.fixture
def untrained(monkeypatch):
    """The arrangement without the network, which is compiled anew for every map."""
    monkeypatch.setattr(training, "train", lambda *_: None)


@pytest.fixture
def hardly_arranged(untrained, monkeypatch):
    """For what is around the arrangement: a tenth of its steps."""
    for name in ("GATHERING", "SETTLING", "FADING", "EVENING", "RISING"):
        monkeypatch.setattr(neighbour_embedding, name, getattr(neighbour_embedding, name) // 10)


@pytest.fixture(scope="module")
def drawn():
    return fit(lumps())


def test_code_has_exactly_the_wished_spread(drawn):
    code = drawn.encode(lumps())
    np.testing.assert_allclose(code.mean(axis=0), 0.0, atol=1e-6)
    np.testing.assert_allclose(code.std(axis=0), 0.3, atol=1e-6)
    assert np.abs(code).max() < 0.99
    assert drawn.report["saturated"] == 0.0


def test_neighbours_are_kept_by_fitted_and_by_new_frames(drawn):
    for scores, least in ((lumps(), 0.9), (lumps(300, seed=5), 0.85)):
        far, flat = squared_distances(scores), squared_distances(drawn.encode(scores))
        assert trustworthiness(far, flat, 12) > least
        assert neighbours_kept(far, flat, 10, 50) > 0.5


def test_new_frames_land_among_their_kind_and_old_ones_stay(drawn):
    old = lumps()
    code = drawn.encode(old)
    both = drawn.encode(np.concatenate([old[::-1], lumps(200, seed=7)]))
    assert np.array_equal(both[: len(old)], code[::-1])
    kinds = np.random.default_rng(0).normal(size=(6, 24)) * 2
    kind = np.argmax(old.astype(float) @ kinds.T, axis=1)
    new = lumps(200, seed=7)
    near = np.argmin(np.linalg.norm(both[len(old) :, None] - code[None], axis=2), axis=1)
    assert np.mean(kind[near] == np.argmax(new.astype(float) @ kinds.T, axis=1)) > 0.95


@pytest.mark.parametrize("block", [1, 7, 64])
def test_new_frames_lie_where_they_do_in_blocks_of_any_size(drawn, monkeypatch, block):
    new = lumps(200, seed=7)
    at_once = drawn.fitted.place(new)
    monkeypatch.setattr(out_of_sample, "BLOCK", block)
    for whole, parts in zip(at_once, drawn.fitted.place(new), strict=True):
        assert whole.tobytes() == parts.tobytes()


def test_strange_frames_are_told_and_placed_by_the_encoder(drawn):
    strange = np.random.default_rng(3).normal(size=(50, 24)).astype(np.float16) * 20
    assert drawn.place(strange)[1].mean() > 0.8
    assert drawn.place(lumps(300, seed=5))[1].mean() < 0.1
    assert not drawn.place(lumps())[1].any()
    code = drawn.encode(strange)
    assert np.isfinite(code).all()
    assert np.abs(code).max() <= 1
    units = unit_scores(drawn.fitted.scores)
    away = -units.mean(axis=0, keepdims=True) * 50
    assert (unit_scores(away) @ units.T).max() < 0.01  # no fitted frame points its way
    np.testing.assert_allclose(drawn.encode(away), drawn.encoder(to_float16(away)), atol=0.03)


@pytest.mark.parametrize("videos", [3, 30])
def test_foreign_frames_are_told_on_small_maps_and_native_ones_are_not(
    videos: int, hardly_arranged
):
    kinds = np.random.default_rng(2).normal(size=(2 * videos, 4, 24))

    def frames(kind, seed):
        # four shots each, of 3 to 30 frames: some are shorter than what shows one moment
        random = np.random.default_rng(seed)
        shots = [
            np.repeat(shot[None], n, 0) for shot, n in zip(kinds[kind], (3, 6, 20, 30), strict=True)
        ]
        rows = np.concatenate(shots)
        return (rows + 0.35 * random.normal(size=rows.shape)).astype(np.float16)

    native = np.concatenate([frames(kind, kind) for kind in range(videos)])
    paths = np.repeat(np.arange(videos), 59)
    layout = fit(native, paths)
    again = np.concatenate([frames(kind, 1000 + kind) for kind in range(videos)])
    foreign = np.concatenate([frames(kind, kind) for kind in range(videos, 2 * videos)])
    assert layout.place(again)[1].mean() < 0.1
    assert layout.place(foreign)[1].mean() > 0.7


def test_stored_and_loaded_layout_places_alike(drawn, tmp_path):
    drawn.save(tmp_path)
    loaded = load_layout(tmp_path)
    rows = np.concatenate([lumps(), lumps(50, seed=3) * 30])
    code = drawn.encode(rows)
    assert np.array_equal(loaded.encode(rows), code)
    assert np.array_equal(loaded.decode(code), drawn.decode(code))
    assert np.array_equal(loaded.place(rows)[1], drawn.place(rows)[1])
    assert loaded.report == drawn.report == json.loads(json.dumps(drawn.report))
    assert loaded.name == "atlas"


def test_same_seed_same_bytes_other_seed_other_map(drawn):
    code = drawn.encode(lumps())
    strange = lumps(50, seed=3) * 30
    again = fit(lumps())
    assert np.array_equal(again.encode(lumps()), code)
    assert np.array_equal(again.encode(strange), drawn.encode(strange))


def test_another_seed_draws_another_map(hardly_arranged):
    codes = [fit(lumps(), seed=seed).encode(lumps()) for seed in (0, 0, 1)]
    assert np.array_equal(codes[0], codes[1])
    assert np.abs(codes[2] - codes[0]).max() > 0.1


def test_a_turned_map_is_upright_once_its_codes_are_turned(untrained):
    code = rotate(fit(lumps(), rotate=30.0).encode(lumps()), 30.0)
    np.testing.assert_allclose(code.std(axis=0), 0.3, atol=1e-6)
    corners = (np.abs(code) > 0.7 * np.abs(code).max(axis=0)).all(axis=1)
    assert corners.mean() > 0.03  # of a disc or a lozenge, hardly any


def test_decoder_gives_back_more_than_the_mean(drawn):
    scores = lumps().astype(np.float32)
    decoded = drawn.decode(drawn.encode(scores))
    error = float(np.mean((decoded - scores) ** 2))
    assert error < 0.6 * float(np.mean(scores**2))
    assert drawn.report["losses"]["reconstruction"] == pytest.approx(error, rel=0.01)


@pytest.mark.parametrize("n", [1, 2, 63])
def test_few_frames_are_laid_out_by_their_components(n: int, tmp_path):
    scores = np.random.default_rng(n).normal(size=(n, 9)).astype(np.float32)
    layout = fit(scores)
    layout.save(tmp_path)
    assert str(n) in layout.report["reduced"]
    assert np.array_equal(load_layout(tmp_path).encode(scores), layout.encode(scores))
    assert load_layout(tmp_path).name == "atlas"


def test_as_few_frames_as_can_be_arranged(hardly_arranged):
    scores = np.random.default_rng(0).normal(size=(few_frames.FEWEST, 3)).astype(np.float32)
    layout = fit(np.tile(scores, (3, 1)), paths=np.zeros(3 * len(scores), int))
    assert layout.name == "atlas"
    code = layout.encode(np.tile(scores, (3, 1)))
    assert np.isfinite(code).all()
    assert layout.report["frames_trained"] == few_frames.FEWEST  # equal frames count once
    assert np.isfinite(layout.encode(scores * 1e6)).all()
    assert np.isfinite(layout.encode(scores * 0)).all()


def test_long_atlases_are_arranged_by_a_sample(monkeypatch, hardly_arranged):
    monkeypatch.setattr(atlas_layout, "MOST", 300)
    layout = fit(lumps(), paths=np.zeros(900, int), temporal=1.0)
    assert layout.report["frames_trained"] == 300
    assert "of the 900 frames" in layout.report["reduced"]
    assert layout.encode(lumps()).shape == (900, 2)


def test_the_temporal_weight_ties_frames_that_follow(untrained):
    scores, paths = lumps(200), np.zeros(200, int)
    steps = [
        np.linalg.norm(np.diff(fit(scores, paths, temporal=weight).encode(scores), axis=0), axis=1)
        for weight in (0.0, 30.0)
    ]
    assert np.median(steps[1]) < 0.5 * np.median(steps[0])


def test_progress_rises_to_the_end_and_may_stop(plain_steps):
    seen = []
    fit(lumps(200), progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (100, 100)

    def stop(done: int, total: int):
        if done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(lumps(200), progress=stop)


@pytest.mark.parametrize("name", ["fitted_scores.npy", "fitted_codes.npy", "encoder.weights.h5"])
def test_damaged_layouts_are_named(name: str, drawn, tmp_path):
    drawn.save(tmp_path)
    (tmp_path / name).write_bytes(b"\0" * 100)
    with pytest.raises(FormatError, match=r"Expected .* to hold"):
        load_layout(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(FormatError, match=r"Expected .* to hold"):
        load_layout(tmp_path)


def test_codes_of_other_frames_are_refused(drawn, tmp_path):
    drawn.save(tmp_path)
    np.save(tmp_path / "fitted_codes.npy", np.zeros((3, 2)))
    with pytest.raises(FormatError, match=r"Received: \(900, 24\), \(3, 2\)"):
        load_layout(tmp_path)


def standing_still(still=400, moving=200):
    """Frames of a camera that stands still, then others; and their one video."""
    scores = lumps(still + moving)
    noise = np.random.default_rng(1).normal(size=(still, scores.shape[1])) * 0.03
    scores[:still] = (scores[0] + noise).astype(np.float16)
    return scores, np.zeros(len(scores), int)


def test_what_stands_still_takes_less_room_where_area_tells_variety(untrained):
    scores, paths = standing_still()
    owned = {}
    for spread in ("time", "variety"):
        code = fit(scores, paths, spread=spread).encode(scores)
        cells = np.floor((code - code.min(0)) / np.ptp(code, axis=0) * 9.99).astype(int)
        whole, own = (np.zeros((10, 10)) for _ in range(2))
        np.add.at(whole, tuple(cells.T), 1)
        np.add.at(own, tuple(cells[:400].T), 1)
        owned[spread] = float((own[whole > 0] / whole[whole > 0]).mean())
    assert owned["variety"] < 0.6 * owned["time"]


def test_where_nothing_stands_still_the_two_spreads_agree_to_the_byte(hardly_arranged):
    scores = lumps(300)
    codes = [fit(scores, spread=spread).encode(scores) for spread in ("time", "variety")]
    assert np.array_equal(*codes)


def test_a_spread_that_there_is_not_is_one_sentence():
    with pytest.raises(InputError, match="--spread to be one of time, variety"):
        LayoutOptions(spread="minutes")
