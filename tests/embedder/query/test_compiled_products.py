"""XLA's products for scans: right, only where they pay, and none where it fails."""

import numpy as np
import pytest

from frameatlas.embedder.query import compiled_products
from frameatlas.embedder.query.compiled_products import WORTH_ROWS, offer_compiled_products
from frameatlas.search.cosine_scan import Cosines
from frameatlas.search.fused_products import (
    FUSED_ROWS,
    offer_products,
    offered_products,
    withdraw_products,
)

WIDTH = 24


@pytest.fixture(autouse=True)
def none_offered():
    before = offered_products()
    withdraw_products()
    compiled_products._right_products.cache_clear()
    yield
    compiled_products._right_products.cache_clear()
    withdraw_products()
    if before is not None:
        offer_products(before)


def test_a_scan_by_xla_is_that_of_numpy():
    rng = np.random.default_rng(0)
    few = rng.normal(size=(500, WIDTH)).astype(np.float16)
    rows = np.resize(few, (3 * FUSED_ROWS + 70, WIDTH))
    cosines = Cosines(rows)
    query = rng.normal(size=(1, WIDTH)).astype(np.float32)
    query /= np.linalg.norm(query)
    plain = cosines.scan(query)
    assert offer_compiled_products(WORTH_ROWS, WIDTH)
    assert offered_products() is not None
    found = cosines.scan(query)
    assert np.allclose(found, plain, atol=1e-6)
    assert np.abs(found[: len(few)] - cosines.exact(query, np.arange(500))).max() <= cosines.slack


def test_small_atlases_wait_for_no_compiler(monkeypatch):
    monkeypatch.setattr(compiled_products, "compiled_products", lambda: 1 / 0)
    assert not offer_compiled_products(WORTH_ROWS - 1, WIDTH)
    assert offered_products() is None


@pytest.mark.parametrize(
    "made",
    [
        lambda: 1 / 0,
        lambda: lambda rows, direction: rows[:, 0] / 0,
        lambda: lambda rows, direction: rows.astype(np.float32) @ direction + 1,
        lambda: lambda rows, direction: np.zeros(3, np.float32),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_a_compiler_that_fails_or_is_wrong_is_not_used(monkeypatch, made):
    monkeypatch.setattr(compiled_products, "compiled_products", made)
    assert not offer_compiled_products(WORTH_ROWS, WIDTH)
    assert offered_products() is None
