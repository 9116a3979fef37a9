import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from frameatlas.embedder.layout.rotation import rotate
from frameatlas.embedder.map.quality import fill
from frameatlas.embedder.map.square_disc import disc_to_square, square_to_disc
from frameatlas.embedder.map.stretch import Stretch
from frameatlas.errors import FormatError

number = st.floats(-1, 1, allow_nan=False, width=32)
codes = arrays(np.float64, st.tuples(st.integers(1, 40), st.just(2)), elements=number)


def lumpy(n: int = 5000, seed: int = 0):
    """Codes of an uneven map: three lumps, a long arm and an almost empty side."""
    random = np.random.default_rng(seed)
    lumps = (
        random.normal(0, 0.08, (n, 2))
        + np.array([[0.4, 0.3], [-0.3, 0.2], [0.0, -0.4]])[random.choice(3, n, p=[0.6, 0.3, 0.1])]
    )
    arm = np.linspace(0, 1, n)[:, None] * [0.9, -0.2] + random.normal(0, 0.02, (n, 2))
    return np.tanh(np.where(random.random((n, 1)) < 0.1, arm, lumps))


@given(codes, codes)
@settings(max_examples=60, deadline=None)
def test_every_code_lands_inside_and_finds_back(fitted, new) -> None:
    stretch = Stretch.fit(fitted)
    for code in (fitted, new):
        places = stretch.apply(code)
        assert np.isfinite(places).all()
        assert np.abs(places).max() < 1
        np.testing.assert_allclose(stretch.invert(places), code, atol=1e-7)


@given(codes, st.floats(-np.pi, np.pi), st.floats(1.5, 10))
@settings(max_examples=60, deadline=None)
def test_further_out_stays_further_out(fitted, angle, far) -> None:
    radii = np.linspace(0, far, 200)
    ray = radii[:, None] * [np.cos(angle), np.sin(angle)]
    rims = np.abs(Stretch.fit(fitted).apply(ray)).max(axis=1)
    assert (np.diff(rims) > 0).all()


@given(codes)
@settings(max_examples=30, deadline=None)
def test_a_hair_apart_before_is_a_hair_apart_after(fitted) -> None:
    stretch = Stretch.fit(fitted)
    turn = np.linspace(-np.pi, np.pi, 2001)
    for radius in (1e-12, 0.1, 0.5, 1.0):
        here = stretch.apply(radius * np.column_stack([np.cos(turn), np.sin(turn)]))
        there = turn + 1e-10, radius + 1e-10
        beside = stretch.apply(there[1] * np.column_stack([np.cos(there[0]), np.sin(there[0])]))
        assert np.abs(here - beside).max() < 1e-4
    assert np.array_equal(stretch.apply(np.zeros((1, 2))), [[0.0, 0.0]])


def test_uneven_codes_fill_the_square_without_ties() -> None:
    code = lumpy()
    places = Stretch.fit(code).apply(code)
    assert fill(code / np.abs(code).max()) < 0.7
    assert fill(places) >= 0.97
    assert len(np.unique(places, axis=0)) == len(code)
    on_the_margin = np.mean(np.abs(places).max(axis=1) > 0.995)
    assert on_the_margin < 0.02


def test_the_gentlest_stretch_of_a_square_only_scales():
    code = np.random.default_rng(0).uniform(-1, 1, (5000, 2)) * [0.5, 0.6]
    lump = np.random.default_rng(1).normal(0.3, 0.05, (3000, 2))
    for rows in (code, np.concatenate([code, lump])):
        places = Stretch.fit(rows, 1000, square=True).apply(rows)
        np.testing.assert_allclose(places, rows / np.abs(rows).max(axis=0), atol=0.03)
    strong = Stretch.fit(rows, 0, square=True).apply(rows)
    assert np.std(np.histogram2d(*strong.T, bins=4)[0]) < 0.3 * np.std(
        np.histogram2d(*places.T, bins=4)[0]
    )


def test_area_is_shared_evenly() -> None:
    code = np.tanh(np.random.default_rng(1).normal(0, 0.3, (20_000, 2)))
    places = Stretch.fit(code).apply(code)
    counts = (
        np.histogram2d(places[:, 0], places[:, 1], bins=6, range=[[-1, 1], [-1, 1]])[0]
        / len(code)
        * 36
    )
    assert counts.min() > 0.8
    assert counts.max() < 1.25


def test_new_codes_beyond_all_fitted_ones_keep_their_order_inside() -> None:
    stretch = Stretch.fit(lumpy() * 0.2)
    ray = np.linspace(0.1, 1.4, 500)[:, None] * [1.0, 0.0]
    places = stretch.apply(ray)
    assert np.abs(places).max() < 1
    assert (np.diff(np.abs(places).max(axis=1)) > 0).all()


@pytest.mark.parametrize("n", [1, 2, 10])
def test_few_codes(n: int) -> None:
    code = np.random.default_rng(n).normal(0, 0.3, (n, 2))
    places = Stretch.fit(code).apply(code)
    assert len(np.unique(places, axis=0)) == n
    cosine = np.sum(places * code, axis=1) / np.hypot(*places.T) / np.hypot(*code.T)
    assert (cosine > 0.5).all()


def test_equal_codes_share_a_finite_place() -> None:
    for place in ([0.0, 0.0], [0.2, -0.1]):
        code = np.tile(place, (500, 1))
        places = Stretch.fit(code).apply(code)
        assert np.isfinite(places).all()
        assert len(np.unique(places, axis=0)) == 1
    assert np.array_equal(Stretch.fit(np.zeros((9, 2))).apply(np.zeros((9, 2))), np.zeros((9, 2)))


def test_two_opposite_codes_stay_opposite() -> None:
    code = np.tile([[0.3, 0.0], [-0.3, 0.0]], (500, 1))
    places = Stretch.fit(code).apply(code)
    assert places[0, 0] > 0.5
    assert places[1, 0] < -0.5


def test_saved_and_loaded_stretch_is_the_same(tmp_path) -> None:
    code = lumpy(500)
    stretch = Stretch.fit(code)
    stretch.save(tmp_path / "stretch.h5")
    loaded = Stretch.load(tmp_path / "stretch.h5")
    assert np.array_equal(loaded.apply(code), stretch.apply(code))
    assert loaded.apply(code[:0]).shape == (0, 2)
    assert loaded.invert(code[:0]).shape == (0, 2)


def test_damaged_files_are_named(tmp_path) -> None:
    path = tmp_path / "stretch.h5"
    with pytest.raises(FormatError, match=r"stretch\.h5"):
        Stretch.load(path)
    stretch = Stretch.fit(lumpy(500))
    Stretch(stretch.turned, stretch.radii[:, ::-1]).save(path)
    with pytest.raises(FormatError, match="increasing"):
        Stretch.load(path)
    for radii in (np.array(1.0), stretch.radii.ravel(), np.full_like(stretch.radii, np.nan)):
        Stretch(stretch.turned, radii).save(path)
        with pytest.raises(FormatError, match="increasing"):
            Stretch.load(path)
    with h5py.File(path, "w") as file:
        file["turned"] = stretch.turned
    with pytest.raises(FormatError, match=r"stretch\.h5"):
        Stretch.load(path)


@given(codes.filter(lambda c: (np.abs(c) < 1).all()))
def test_square_to_disc_and_back(places) -> None:
    angle, radius = square_to_disc(places)
    np.testing.assert_allclose(disc_to_square(angle, radius), places, atol=1e-12)
    np.testing.assert_allclose(disc_to_square(angle - 2 * np.pi, radius), places, atol=1e-9)


def test_disc_to_square_keeps_areas() -> None:
    random = np.random.default_rng(0)
    places = disc_to_square(
        random.uniform(-3 * np.pi, 3 * np.pi, 200_000), np.sqrt(random.random(200_000))
    )
    counts = (
        np.histogram2d(places[:, 0], places[:, 1], bins=5, range=[[-1, 1], [-1, 1]])[0]
        / 200_000
        * 25
    )
    np.testing.assert_allclose(counts, 1.0, atol=0.05)


def test_rotation_turns_anticlockwise_and_back() -> None:
    code = np.array([[1.0, 0.0], [0.3, -0.2]])
    np.testing.assert_allclose(rotate(code, 90), np.array([[0.0, 1.0], [0.2, 0.3]]), atol=1e-15)
    np.testing.assert_allclose(rotate(rotate(code, 33), -33), code, atol=1e-15)
    assert np.array_equal(rotate(code, 0), code)
    assert np.array_equal(rotate(code, 360), code)


def test_points_of_little_weight_take_little_area() -> None:
    random = np.random.default_rng(5)
    code = random.uniform(-0.5, 0.5, (4000, 2))
    left = code[:, 0] < 0
    weights = np.where(left, 0.2, 1.8)
    plain, weighed = Stretch.fit(code).apply(code), Stretch.fit(code, weights=weights).apply(code)
    for places, share in ((plain, 0.5), (weighed, 0.1)):
        cells = np.floor(4 * (places + 1)) @ [1, 8]
        counts = [np.bincount(rows.astype(int), minlength=64) for rows in (cells, cells[left])]
        assert np.mean(counts[1] / np.maximum(counts[0], 1)) == pytest.approx(share, abs=0.12)


def test_equal_weights_change_no_byte() -> None:
    code = lumpy(500)
    assert np.array_equal(Stretch.fit(code).radii, Stretch.fit(code, weights=np.ones(500)).radii)
