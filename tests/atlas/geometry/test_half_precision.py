"""Every finite half becomes the single that NumPy makes of it."""

import numpy as np

from frameatlas.geometry.half_precision import widen


def test_every_finite_half_is_the_same_single():
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)].reshape(-1, 8)
    out = np.empty(halves.shape, np.float32)
    widen(halves, out)
    assert np.array_equal(out.view(np.uint32), halves.astype(np.float32).view(np.uint32))


def test_rows_that_are_spread_out_or_repeated_in_memory_and_other_types():
    rows = np.random.default_rng(0).normal(size=(6, 10)).astype(np.float16)
    for some in (rows[::2, ::3], np.broadcast_to(rows[:1], (5, 10)), rows.astype(np.float32)):
        out = np.empty(some.shape, np.float32)
        widen(some, out)
        assert np.array_equal(out, some)
    whole = np.array([[-127, 0, 127]], np.int8)
    out = np.empty(whole.shape, np.float32)
    widen(whole, out)
    assert out.tolist() == whole.tolist()
