import numpy as np
import pytest

from frameatlas.embedder.layout.autoencoder import build_encoder
from frameatlas.embedder.layout.exact_batchnorm import settle_norms, settle_spread


@pytest.mark.parametrize("std", [0.1, 0.3, 0.6])
def test_code_of_any_encoder_gets_the_wished_mean_and_spread(std: float) -> None:
    rows = np.random.default_rng(0).normal(1.0, 2.0, (800, 12)).astype(np.float32)
    encoder = build_encoder(12, seed=3)
    settle_norms(encoder, rows)
    settle_spread(encoder, rows, std)
    code = np.asarray(encoder(rows, training=False))
    np.testing.assert_allclose(code.mean(axis=0), 0.0, atol=0.002)
    np.testing.assert_allclose(code.std(axis=0), std, atol=0.002)


def test_norms_are_those_of_all_rows_layer_by_layer() -> None:
    rows = np.random.default_rng(0).normal(1.0, 2.0, (800, 12)).astype(np.float32)
    encoder = build_encoder(12)
    settle_norms(encoder, rows)
    first, norm, second, deeper_norm = encoder.layers[:4]
    hidden = np.asarray(first(rows))
    np.testing.assert_allclose(norm.moving_mean, hidden.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(norm.moving_variance, hidden.var(axis=0), rtol=1e-3)
    deeper = np.asarray(second(np.asarray(norm(hidden, training=False))))
    np.testing.assert_allclose(deeper_norm.moving_mean, deeper.mean(axis=0), atol=1e-5)


def test_an_axis_without_any_spread_stays_finite() -> None:
    rows = np.ones((100, 5), np.float32)
    encoder = build_encoder(5)
    settle_norms(encoder, rows)
    settle_spread(encoder, rows, 0.3)
    code = np.asarray(encoder(rows, training=False))
    assert np.isfinite(code).all()
    np.testing.assert_allclose(code, 0.0, atol=1e-3)
