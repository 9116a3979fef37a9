from dataclasses import replace

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from frameatlas.embedder.components.covariance import Covariance
from frameatlas.embedder.components.pca import Components, components_of, fit_components
from frameatlas.errors import FormatError
from frameatlas.store.rows import ConcatenatedRows


def made_up(n: int, d: int = 48, seed: int = 0) -> NDArray[np.float16]:
    """Features with a large mean and a few strong directions, like a network's."""
    random = np.random.default_rng(seed)
    strong = random.normal(size=(n, 6)) @ random.normal(size=(6, d))
    return (5.0 + strong + 0.3 * random.normal(size=(n, d))).astype(np.float16)


@pytest.mark.parametrize("n", [30, 48, 49, 500, 5000])
def test_same_components_as_scikit_learn(n: int) -> None:
    from sklearn.decomposition import PCA

    features = made_up(n)
    ours = fit_components(features, k=8)
    theirs = PCA(8, svd_solver="full").fit(features.astype(np.float64))
    np.testing.assert_allclose(ours.explained_variance, theirs.explained_variance_, rtol=1e-4)
    np.testing.assert_allclose(ours.mean, theirs.mean_, rtol=1e-5)
    along = np.abs(np.sum(ours.basis[:6] * theirs.components_[:6], axis=1))
    np.testing.assert_allclose(along, 1.0, atol=1e-4)
    share = theirs.explained_variance_ratio_.sum()
    assert ours.share == pytest.approx(share, rel=1e-4)


def test_scores_have_root_mean_square_one_and_mean_zero() -> None:
    features = made_up(3000)
    scores = fit_components(features, k=16).project(features)
    assert scores.dtype == np.float32
    assert scores.shape == (3000, 16)
    assert np.sqrt(np.mean(np.square(scores, dtype=np.float64))) == pytest.approx(1.0, rel=1e-4)
    np.testing.assert_allclose(scores.mean(axis=0), 0.0, atol=1e-3)


def test_basis_is_orthonormal_with_the_signs_fixed() -> None:
    basis = fit_components(made_up(400), k=48).basis
    np.testing.assert_allclose(basis @ basis.T, np.eye(len(basis)), atol=1e-5)
    assert (np.take_along_axis(basis, np.abs(basis).argmax(1)[:, None], 1) > 0).all()


@pytest.mark.parametrize(("n", "k"), [(1, 1), (2, 1), (10, 9), (30, 29)])
def test_few_frames_keep_fewer_components(n: int, k: int) -> None:
    features = made_up(n)
    components = fit_components(features, k=256)
    assert len(components) == k
    assert np.isfinite(components.project(features)).all()
    assert components.share == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("n", [3, 200])
def test_equal_frames_have_one_component_and_no_variance(n: int) -> None:
    features = np.tile(made_up(1), (n, 1))
    components = fit_components(features)
    assert len(components) == 1
    assert (components.scale, components.share, components.total_variance) == (1.0, 1.0, 0.0)
    np.testing.assert_allclose(components.project(features), 0.0, atol=1e-3)


@pytest.mark.parametrize("n", [40, 4000])
def test_two_distinct_frames_have_one_component_however_often_they_come(n: int) -> None:
    features = np.tile(made_up(2), (n // 2, 1))
    components = fit_components(features)
    assert len(components) == 1
    np.testing.assert_allclose(np.abs(components.project(features)), 1.0, rtol=1e-3)


def test_moments_of_parts_merge_to_those_of_the_whole() -> None:
    features = made_up(1000).astype(np.float64)
    left, right = Covariance.empty(48), Covariance.empty(48)
    left.add(features[:300])
    left.add(features[300:301])
    right.add(features[301:])
    left.merge(right)
    left.merge(Covariance.empty(48))
    assert left.count == 1000
    np.testing.assert_allclose(left.mean, features.mean(axis=0), rtol=1e-12)
    expected = np.cov(features.T) * 999
    np.testing.assert_allclose(np.triu(left.scatter), np.triu(expected), rtol=1e-3, atol=1e-2)
    merged = components_of(left, 6)
    whole = fit_components(features.astype(np.float16), 6)
    np.testing.assert_allclose(merged.explained_variance, whole.explained_variance, rtol=1e-3)


def test_a_large_common_mean_costs_no_digits() -> None:
    random = np.random.default_rng(0)
    features = 1000.0 + random.normal(size=(4000, 8))
    counted = Covariance.empty(8)
    for start in range(0, 4000, 500):
        counted.add(features[start : start + 500])
    exact = np.square(features - features.mean(axis=0)).sum()
    assert counted.total == pytest.approx(exact, rel=1e-5)


def test_rows_are_read_once_in_blocks_and_progress_counts_them() -> None:
    asked: list[int] = []

    class Watched(ConcatenatedRows):
        def __getitem__(self, rows):
            asked.append(rows.stop - rows.start)
            return super().__getitem__(rows)

    features = made_up(5000)
    rows = Watched([features[:1500], features[1500:]], (48,), features.dtype)
    seen: list[int] = []
    split = fit_components(rows, 4, progress=seen.append)
    assert max(asked) <= 2048
    assert seen == [2048, 4096, 5000]
    assert np.array_equal(split.basis, fit_components(features, 4).basis)


def test_progress_may_stop_the_fit() -> None:
    def stop(rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_components(made_up(3000), 4, progress=stop)


def test_saved_and_loaded_components_project_alike(tmp_path) -> None:
    features = made_up(300)
    components = fit_components(features, 5)
    components.save(tmp_path / "components.h5")
    loaded = Components.load(tmp_path / "components.h5")
    assert np.array_equal(loaded.project(features), components.project(features))
    assert loaded.share == components.share
    components.save(tmp_path / "again.h5")
    assert (tmp_path / "again.h5").read_bytes() == (tmp_path / "components.h5").read_bytes()


def test_damaged_files_are_named(tmp_path) -> None:
    path = tmp_path / "components.h5"
    with pytest.raises(FormatError, match=r"components\.h5"):
        Components.load(path)
    path.write_bytes(b"not hdf5")
    with pytest.raises(FormatError, match=r"components\.h5"):
        Components.load(path)
    fit_components(made_up(300), 5).save(path)
    with h5py.File(path, "r+") as file:
        del file["mean"]
        file["mean"] = np.zeros(3)
    with pytest.raises(FormatError, match="mean"):
        Components.load(path)
    for scale in (0.0, 1e-60, 1e308, np.inf):  # what float32 cannot divide by
        replace(fit_components(made_up(300), 5), scale=scale).save(path)
        with pytest.raises(FormatError, match="scale"):
            Components.load(path)


@pytest.mark.parametrize("n", [20, 300])
def test_features_that_are_no_numbers_are_refused(n: int) -> None:
    features = made_up(n)
    features[n // 2, 3] = np.nan
    with pytest.raises(FormatError, match="finite"):
        fit_components(features)


def test_no_frames_and_other_features_are_refused() -> None:
    with pytest.raises(FormatError, match="at least one"):
        fit_components(made_up(1)[:0])
    with pytest.raises(FormatError, match=r"\(n, 48\)"):
        fit_components(made_up(20)).project(np.zeros((2, 4096), np.float16))
