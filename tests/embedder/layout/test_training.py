import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from frameatlas.embedder.layout import article as article_layout
from frameatlas.embedder.layout import training
from frameatlas.embedder.layout.autoencoder import build_decoder, build_encoder
from frameatlas.embedder.layout.registry import fit_layout
from frameatlas.options import LayoutOptions

NOTHING = np.empty(0, np.int64)
SHORT = training.TrainingPlan(
    steps=200, batch=64, rate=0.003, triplet=0.01, temporal=0.0, std=0.3, seed=0
)


def walk(n: int = 400, k: int = 12, seed: int = 0):
    """Scores of a film: each frame a little beside the one before."""
    scores = np.random.default_rng(seed).normal(size=(n, k)).cumsum(axis=0)
    scores -= scores.mean(axis=0)
    return (scores / np.sqrt(np.mean(scores**2))).astype(np.float32)


def train(scores, plan=SHORT, between=NOTHING, progress=None):
    encoder = build_encoder(scores.shape[1], seed=plan.seed)
    decoder = build_decoder(scores.shape[1], seed=plan.seed)
    training.train(encoder, decoder, scores, between, plan, progress)
    return encoder, decoder


def test_forty_passes_within_bounds() -> None:
    assert training.plan_steps(100) == training.plan_steps(1500) == 2000
    assert training.plan_steps(40_000) == pytest.approx(40 * 40_000 / training.BATCH, abs=100)
    assert training.plan_steps(1_000_000) == 6000
    assert training.plan_steps(33_333) % training.CHUNK == 0


SIZE = 3000, 64
PLAN = training.TrainingPlan(
    steps=100,
    batch=training.BATCH,
    rate=training.RATE,
    triplet=LayoutOptions().triplet,
    temporal=0.0,
    std=LayoutOptions().std,
    seed=0,
)
"""That of the article's layout, for so many frames; one program is compiled for all who have it."""


@pytest.fixture(scope="module")
def article():
    """The article's layout of a walk, as it is trained in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "plan_steps", lambda _: PLAN.steps)
        scores, paths = walk(*SIZE), np.zeros(SIZE[0], np.int64)
        return fit_layout("article", scores, settings=LayoutOptions(), paths=paths)


def test_training_lowers_the_loss_and_norms_are_those_of_the_last_weights(article) -> None:
    scores, encoder, decoder = walk(*SIZE), article.encoder, article.decoder
    before = training.measure(build_encoder(64), build_decoder(64), scores, NOTHING, PLAN)
    after = training.measure(encoder, decoder, scores, NOTHING, PLAN)
    assert after == article.report["losses"]
    assert after["total"] < 0.6 * before["total"]
    assert after["reconstruction"] < 0.6 * before["reconstruction"]
    first, norm, second, deeper_norm = encoder.layers[:4]
    hidden = np.asarray(first(scores))
    np.testing.assert_allclose(norm.moving_mean, hidden.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(norm.moving_variance, hidden.var(axis=0), rtol=1e-3)
    deeper = np.asarray(second(np.asarray(norm(hidden, training=False))))
    np.testing.assert_allclose(deeper_norm.moving_mean, deeper.mean(axis=0), atol=1e-5)


def test_temporal_term_prefers_what_changes_slowly() -> None:
    # Two directions flicker strongly, two others drift: plain training shows the flicker.
    frames, time = SIZE[0], np.arange(SIZE[0])[:, None] / 400 * 2 * np.pi
    scores = np.zeros(SIZE, np.float32)
    scores[:, :2] = np.random.default_rng(0).normal(size=(frames, 2)) * 1.5
    scores[:, 2:4] = np.hstack([np.sin(time), np.cos(time)])

    def unevenness(encoder) -> float:
        code = np.asarray(encoder(scores, training=False))
        return float(np.mean((code[2:] + code[:-2] - 2 * code[1:-1]) ** 2))

    plain = train(scores, PLAN)
    even = train(scores, replace(PLAN, temporal=30.0), np.arange(1, frames - 1))
    assert unevenness(even[0]) < 0.2 * unevenness(plain[0])


def test_every_row_comes_once_before_any_comes_again() -> None:
    plan = training.TrainingPlan(**{**vars(SHORT), "batch": 7})
    batches = training._batches(1000, NOTHING, plan)
    rows = np.concatenate([next(batches)[0].ravel() for _ in range(10)])
    assert len(rows) == 7000
    for turn in rows.reshape(7, 1000):
        assert np.array_equal(np.sort(turn), np.arange(1000))


def test_progress_reports_and_may_stop(monkeypatch) -> None:
    monkeypatch.setattr(training, "_compile_loop", lambda *_: lambda *_: None)
    seen = []

    def stop(step: int, steps: int) -> None:
        seen.append((step, steps))
        if step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(walk(), progress=stop)
    assert seen == [(0, 200), (100, 200)]


CHILD = """
import hashlib
import sys
import numpy as np, tensorflow as tf
tf.config.threading.set_intra_op_parallelism_threads(1)
from frameatlas.embedder.layout import training
from frameatlas.options import LayoutOptions
from frameatlas.embedder.layout.registry import fit_layout
training.plan_steps = lambda n: 100
scores = np.load(sys.argv[1])
paths = np.zeros(len(scores), int)
layout = fit_layout("article", scores, settings=LayoutOptions(), paths=paths)
print(hashlib.sha256(layout.encode(scores).tobytes()).hexdigest())
"""


def test_same_seed_same_bytes_in_another_process_with_other_threads(article, tmp_path) -> None:
    """There the loop is compiled for itself, as users have it; here others may share it."""
    scores = walk(*SIZE)
    np.save(tmp_path / "scores.npy", scores)
    here = hashlib.sha256(article.encode(scores).tobytes()).hexdigest()
    command = [sys.executable, "-W", "ignore", "-c", CHILD, str(tmp_path / "scores.npy")]
    child = subprocess.run(command, capture_output=True, text=True, check=True)
    assert child.stdout.strip() == here


def test_another_seed_draws_other_batches() -> None:
    other = training.TrainingPlan(**{**vars(SHORT), "seed": 1})
    first, second = (next(training._batches(1000, NOTHING, plan))[0] for plan in (SHORT, other))
    assert not np.array_equal(first, second)


def test_long_atlases_are_trained_on_a_sample(monkeypatch) -> None:
    monkeypatch.setattr(article_layout, "MOST", 300)
    monkeypatch.setattr(training, "train", lambda *_: None)
    scores = walk(1000)
    paths = np.repeat([0, 1], 500)
    settings = LayoutOptions(temporal=1.0)
    layout = fit_layout("article", scores, settings=settings, paths=paths)
    assert layout.report["frames_trained"] <= 300
    assert "of the 1,000 frames" in layout.report["reduced"]
    assert layout.report["losses"]["temporal"] > 0
    assert layout.encode(scores).shape == (1000, 2)


def test_moments_are_three_frames_of_one_path() -> None:
    paths = np.array([0, 0, 1, 1, 1, 1, 2])
    _, middles = article_layout._sample(walk(7), paths, LayoutOptions(temporal=1.0))
    assert middles.tolist() == [3, 4]


def test_photos_have_no_moments_and_the_report_says_so(monkeypatch) -> None:
    monkeypatch.setattr(training, "train", lambda *_: None)
    settings = LayoutOptions(temporal=1.0)
    layout = fit_layout("article", walk(100), settings=settings, paths=np.arange(100))
    assert "temporal" in layout.report["reduced"]
    assert "temporal" not in layout.report["losses"]
