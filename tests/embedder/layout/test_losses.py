import numpy as np
import pytest

from frameatlas.embedder.layout.losses import reconstruction, temporal, triplet_log_ratio
from frameatlas.embedder.layout.std_regulariser import std_penalty


def normal(*shape: int, seed: int = 0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_std_penalty_is_mean_and_spread_of_each_axis() -> None:
    code = np.array([[1.0, 0.0], [3.0, 0.0]], np.float32)  # means 2 and 0, deviations 1 and 0
    assert float(std_penalty(code, 0.3)) == pytest.approx(4.0 + 0.7**2 + 0.3**2, rel=1e-5)


def test_std_penalty_of_equal_codes_has_a_finite_slope() -> None:
    import tensorflow as tf

    code = tf.Variable(np.zeros((4, 2), np.float32))
    with tf.GradientTape() as tape:
        value = std_penalty(code, 0.3)
    assert np.isfinite(np.asarray(tape.gradient(value, code))).all()


def test_reconstruction_is_the_mean_squared_error() -> None:
    assert float(reconstruction(np.zeros((2, 3), "f"), np.full((2, 3), 2.0, "f"))) == 4.0


def test_log_ratio_of_a_true_to_scale_code_is_nothing() -> None:
    scores = normal(200, 2)
    assert float(triplet_log_ratio(scores, scores * 0.3, 0.3)) < 1e-8
    assert float(triplet_log_ratio(scores, normal(200, 2, seed=1) * 0.3, 0.3)) > 0.5


def test_log_ratio_by_hand() -> None:
    scores = np.array([[0, 0], [1, 0], [1, 2]], np.float32)
    code = np.array([[0, 0], [0.3, 0], [0.3, 0.3]], np.float32)

    def ratios(rows, floor):
        steps = [floor + np.sum((rows[i] - rows[(i + 1) % 3]) ** 2) for i in range(3)]
        return np.array([np.log(steps[i] / steps[(i + 1) % 3]) for i in range(3)])

    expected = np.mean((ratios(scores, 0.004) - ratios(code, 0.004 * 0.09)) ** 2)
    assert float(triplet_log_ratio(scores, code, 0.3)) == pytest.approx(expected, rel=1e-4)


def test_log_ratio_of_equal_frames_is_finite() -> None:
    same = np.ones((6, 4), np.float32)
    assert np.isfinite(float(triplet_log_ratio(same, np.zeros((6, 2), "f"), 0.3)))


def test_temporal_term_is_nothing_on_a_straight_even_way() -> None:
    before, code, after = (np.array([[x, 2 * x]], np.float32) for x in (0.1, 0.2, 0.3))
    assert float(temporal(before, code, after)) == pytest.approx(0.0, abs=1e-12)
    assert float(temporal(before, code, code)) == pytest.approx(0.05**2 + 0.1**2, rel=1e-4)
