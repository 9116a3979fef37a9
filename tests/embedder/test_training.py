import hashlib
import subprocess
import sys

import numpy as np
import pytest

from frameatlas.embedder import article_layout, training
from frameatlas.embedder.autoencoder import build_decoder, build_encoder
from frameatlas.embedder.layout_settings import LayoutSettings
from frameatlas.embedder.layouts import fit_layout

SHORT = training.TrainingPlan(
    steps=200, batch=64, rate=0.003, triplet=0.01, temporal=0.0, std=0.3, seed=0
)


def walk(n: int = 400, k: int = 12, seed: int = 0):
    """Scores of a film: each frame a little beside the one before."""
    scores = np.random.default_rng(seed).normal(size=(n, k)).cumsum(axis=0)
    scores -= scores.mean(axis=0)
    return (scores / np.sqrt(np.mean(scores**2))).astype(np.float32)


def train(scores, plan=SHORT, between=None, progress=None):
    encoder = build_encoder(scores.shape[1], seed=plan.seed)
    decoder = build_decoder(scores.shape[1], seed=plan.seed)
    between = np.empty(0, np.int64) if between is None else between
    training.train(encoder, decoder, scores, between, plan, progress)
    return encoder, decoder


def test_forty_passes_within_bounds() -> None:
    assert training.plan_steps(100) == training.plan_steps(1500) == 2000
    assert training.plan_steps(40_000) == pytest.approx(40 * 40_000 / training.BATCH, abs=100)
    assert training.plan_steps(1_000_000) == 6000
    assert training.plan_steps(33_333) % training.CHUNK == 0


def test_training_lowers_every_term_and_settles_the_norms() -> None:
    scores = walk()
    untrained = build_encoder(12), build_decoder(12)
    trained = train(scores)
    nothing = np.empty(0, np.int64)
    before = training.measure(*untrained, scores, nothing, SHORT)
    after = training.measure(*trained, scores, nothing, SHORT)
    assert after["total"] < 0.6 * before["total"]
    assert after["reconstruction"] < 0.6 * before["reconstruction"]
    encoder, _ = trained
    hidden = np.asarray(encoder.layers[0](scores))
    np.testing.assert_allclose(encoder.layers[1].moving_mean, hidden.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(encoder.layers[1].moving_variance, hidden.var(axis=0), rtol=1e-3)
    normed = np.asarray(encoder.layers[1](hidden, training=False))
    deeper = np.asarray(encoder.layers[2](normed))
    np.testing.assert_allclose(encoder.layers[3].moving_mean, deeper.mean(axis=0), atol=1e-5)


def test_temporal_term_evens_the_way() -> None:
    scores = walk()
    between = np.arange(1, 399)

    def unevenness(encoder) -> float:
        code = np.asarray(encoder(scores, training=False))
        return float(np.mean((code[2:] + code[:-2] - 2 * code[1:-1]) ** 2))

    plan = training.TrainingPlan(**{**vars(SHORT), "temporal": 100.0})
    even = train(scores, plan, between)
    assert unevenness(even[0]) < 0.7 * unevenness(train(scores)[0])
    assert training.measure(*even, scores, between, plan)["temporal"] > 0


def test_every_row_comes_once_before_any_comes_again() -> None:
    plan = training.TrainingPlan(**{**vars(SHORT), "batch": 7})
    batches = training._batches(1000, np.empty(0, np.int64), plan)
    rows = np.concatenate([next(batches)[0].ravel() for _ in range(10)])
    assert len(rows) == 7000
    for turn in rows.reshape(7, 1000):
        assert np.array_equal(np.sort(turn), np.arange(1000))


def test_progress_reports_and_may_stop() -> None:
    seen = []

    def stop(step: int, steps: int) -> None:
        seen.append((step, steps))
        if step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(walk(), progress=stop)
    assert seen == [(0, 200), (100, 200)]


CHILD = """
import hashlib, sys
import numpy as np
if sys.argv[1] != "0":
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(int(sys.argv[1]))
from frameatlas.embedder import training
from frameatlas.embedder.layout_settings import LayoutSettings
from frameatlas.embedder.layouts import fit_layout
training.plan_steps = lambda n: 200
scores = np.random.default_rng(0).normal(size=(3000, 64)).astype(np.float32)
layout = fit_layout("article", scores, settings=LayoutSettings(), paths=np.zeros(3000, int))
print(hashlib.sha256(layout.encode(scores).tobytes()).hexdigest())
"""


def test_same_seed_same_bytes_in_every_process_with_any_threads(monkeypatch) -> None:
    monkeypatch.setattr(training, "plan_steps", lambda n: 200)
    scores = np.random.default_rng(0).normal(size=(3000, 64)).astype(np.float32)
    paths = np.zeros(3000, np.int64)
    layout = fit_layout("article", scores, settings=LayoutSettings(), paths=paths)
    here = hashlib.sha256(layout.encode(scores).tobytes()).hexdigest()
    for threads in ("0", "1"):
        child = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", CHILD, threads],
            capture_output=True,
            text=True,
            check=True,
        )
        assert child.stdout.strip() == here
    other = fit_layout("article", scores, settings=LayoutSettings(seed=1), paths=paths)
    assert not np.array_equal(other.encode(scores), layout.encode(scores))


def test_long_atlases_are_trained_on_a_sample(monkeypatch) -> None:
    monkeypatch.setattr(article_layout, "MOST", 300)
    monkeypatch.setattr(training, "plan_steps", lambda n: 100)
    scores = walk(1000)
    paths = np.repeat([0, 1], 500)
    settings = LayoutSettings(temporal=1.0)
    layout = fit_layout("article", scores, settings=settings, paths=paths)
    assert layout.report["frames_trained"] <= 300
    assert "of the 1,000 frames" in layout.report["reduced"]
    assert layout.report["losses"]["temporal"] > 0
    assert layout.encode(scores).shape == (1000, 2)


def test_moments_are_three_frames_of_one_path() -> None:
    paths = np.array([0, 0, 1, 1, 1, 1, 2])
    _, middles = article_layout._sample(walk(7), paths, LayoutSettings(temporal=1.0))
    assert middles.tolist() == [3, 4]


def test_photos_have_no_moments_and_the_report_says_so(monkeypatch) -> None:
    monkeypatch.setattr(training, "plan_steps", lambda n: 100)
    settings = LayoutSettings(temporal=1.0)
    layout = fit_layout("article", walk(100), settings=settings, paths=np.arange(100))
    assert "temporal" in layout.report["reduced"]
    assert "temporal" not in layout.report["losses"]
