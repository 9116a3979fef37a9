"""The benchmark of the two forms in which frames are stored, on a few drawn pictures."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def store(from_root):
    return from_root("benchmark.store")


def pictures(count):
    rng = np.random.default_rng(0)
    return rng.integers(0, 255, (count, 9, 16, 3), np.uint8).repeat(8, axis=1).repeat(8, axis=2)


def test_bytes_and_times_are_those_of_both_forms(store, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "PICTURES", 3)
    monkeypatch.setattr(store, "TILES", 2)
    figures = store._bytes([pictures(4), pictures(3)], tmp_path)
    assert figures["frames"] == 7
    assert figures["raw_bytes_a_frame"] > figures["jpeg_bytes_a_frame"] > 1000
    figures |= store._times(pictures(40), tmp_path)
    assert all(value > 0 for name, value in figures.items() if name.endswith("_ratio"))
    said = store.table(figures)
    assert "picture, ms" in said
    assert "tile 8 cells dense, ms" in said
