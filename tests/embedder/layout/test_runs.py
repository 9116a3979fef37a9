"""Runs of nearly the same frames, and how much their frames count."""

import numpy as np
import pytest

from frameatlas.embedder.layout import runs
from frameatlas.embedder.layout.runs import run_lengths, run_weights


def still_and_moving(still=50, moving=30, seed=0):
    """A camera that stands still, then one that sees something else in every frame."""
    random = np.random.default_rng(seed)
    held = random.normal(size=(1, 64)) + 0.05 * random.normal(size=(still, 64))
    return np.concatenate([held, random.normal(size=(moving, 64))]).astype(np.float32)


def test_a_run_counts_as_the_root_of_its_length():
    scores = still_and_moving()
    assert run_lengths(scores, np.zeros(80, int)).tolist() == [50] + [1] * 30
    weights = run_weights(scores, np.zeros(80, int))
    assert weights.mean() == pytest.approx(1)
    assert weights[:50].sum() / weights[50] == pytest.approx(50**0.5)
    assert np.ptp(weights[:50]) == np.ptp(weights[50:]) == 0


def test_another_video_is_another_run():
    paths = np.repeat([0, 1], [20, 60])
    assert run_lengths(still_and_moving(), paths)[:2].tolist() == [20, 30]


def test_a_slow_pan_is_many_runs():
    turn = np.linspace(0, np.pi, 100)  # each frame .9995 like the one before, its end its opposite
    scores = np.column_stack([np.cos(turn), np.sin(turn)])
    lengths = run_lengths(scores, np.zeros(100, int))
    assert 5 <= len(lengths) <= 8
    assert lengths.sum() == 100


def test_where_nothing_stands_still_all_count_the_same():
    assert run_weights(still_and_moving(1), np.zeros(31, int)) is None
    assert run_weights(np.zeros((1, 8)), np.zeros(1, int)) is None
    assert run_lengths(np.zeros((4, 8)), np.zeros(4, int)).tolist() == [1] * 4  # no direction


def test_blocks_change_nothing(monkeypatch):
    turn = np.linspace(0, 9, 300)
    scores = np.concatenate([np.column_stack([np.cos(turn), np.sin(turn)]), np.ones((40, 2))])
    paths = np.repeat([0, 1], [120, 220])
    whole = run_lengths(scores, paths)
    monkeypatch.setattr(runs, "BLOCK", 7)
    assert run_lengths(scores, paths).tolist() == whole.tolist()
