"""A scan by products that somebody offers: the same values; NumPy takes what is left over."""

import numpy as np
import pytest

from frameatlas.search import cosine_scan
from frameatlas.search.cosine_scan import Cosines
from frameatlas.search.fused_products import (
    ALIGNED,
    aligned_bytes,
    offer_products,
    offered_products,
    withdraw_products,
)

ROWS = 64


@pytest.fixture
def offered(monkeypatch):
    """Products that note what they were asked for."""
    asked = []

    def products(rows, direction):
        assert rows.flags.c_contiguous
        assert rows.ctypes.data % ALIGNED == 0
        asked.append(rows.shape)
        return rows.astype(np.float32) @ direction

    monkeypatch.setattr(cosine_scan, "FUSED_ROWS", ROWS)
    before = offered_products()
    offer_products(products)
    yield asked
    withdraw_products()
    if before is not None:
        offer_products(before)


@pytest.fixture
def cosines():
    rng = np.random.default_rng(0)
    return Cosines(rng.normal(size=(3000, 24)).astype(np.float16))


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_whole_blocks_are_scanned_by_what_was_offered(offered, cosines, cores, monkeypatch):
    monkeypatch.setattr(cosine_scan, "available_processors", lambda: cores)
    query = np.random.default_rng(1).normal(size=(1, 24)).astype(np.float32)
    query /= np.linalg.norm(query)
    found = cosines.scan(query)
    assert set(offered) == {(ROWS, 24)}
    assert len(offered) >= 3000 // ROWS - cores
    withdraw_products()
    assert np.allclose(found, cosines.scan(query), atol=1e-6)


def test_several_directions_and_scores_on_disk_are_scanned_by_numpy(offered, cosines, monkeypatch):
    query = np.eye(24, dtype=np.float32)[:3]
    cosines.scan(query)
    monkeypatch.setattr(cosine_scan, "LARGEST_COPY", 0)
    rng = np.random.default_rng(2)
    Cosines(rng.normal(size=(300, 24)).astype(np.float16)).scan(query[:1])
    assert offered == []


@pytest.mark.parametrize("shape", [(1, 1), (100, 24), (3, 512)])
def test_bytes_begin_where_compilers_want_them(shape):
    made = aligned_bytes(shape)
    assert made.shape == shape
    assert made.dtype == np.int8
    assert made.ctypes.data % ALIGNED == 0
    made[:] = 1
