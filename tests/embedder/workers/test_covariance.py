"""Moments of features counted in chunks, here and by workers: the same numbers, whoever counts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from frameatlas import Atlas
from frameatlas.embedder.components import chunked_covariance as counting
from frameatlas.embedder.components.covariance import Covariance
from frameatlas.embedder.components.pca import fit_components
from frameatlas.embedder.map.map_draft import MapDraft
from frameatlas.embedder.workers import covariance as covariance_of_workers
from frameatlas.embedder.workers import workforce as cluster
from frameatlas.embedder.workers.covariance import chunks_by_workers, pack, unpack

if TYPE_CHECKING:
    from distributed import Client

pytestmark = pytest.mark.process


@contextmanager
def cluster_of(workers: int) -> "Iterator[Client]":
    """A client of a scheduler with so many workers, all in this process."""
    from distributed import Client, LocalCluster

    start: Any = LocalCluster
    with (
        start(n_workers=workers, processes=False, dashboard_address="127.0.0.1:0") as made,
        Client(made, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def client() -> "Iterator[Client]":
    with cluster_of(1) as ours:
        yield ours


@pytest.fixture
def atlas_of_many(
    synthetic_atlas: Callable[..., Atlas], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Atlas:
    """An atlas with more frames than features, and chunks of 16 frames that span sources."""
    monkeypatch.setattr(counting, "CHUNK", 16)
    for module in ("components.chunked_covariance", "map.map_draft", "components.pca"):
        monkeypatch.setattr(f"frameatlas.embedder.{module}.BLOCK", 8)
    monkeypatch.setattr("frameatlas.embedder.map.map_draft.CHUNK", 16)
    sources = (("video", 30), ("video", 7), ("photos", 25))
    return synthetic_atlas(tmp_path / "many.atlas", sources=sources, dimension=8, components=4)


def rows_of(n: int, d: int = 24) -> Any:
    return np.random.default_rng(1).normal(3, 1, (n, d)).astype(np.float16)


def test_packed_moments_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Covariance.empty(24)
    counted.add(rows_of(100))
    back = unpack(pack(counted), 24)
    assert (back.count, back.mean.tobytes()) == (100, counted.mean.tobytes())
    assert np.triu(back.scatter).tobytes() == np.triu(counted.scatter).tobytes()


def test_chunks_are_merged_to_the_moments_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of(700)
    whole = fit_components(rows, 8)
    monkeypatch.setattr(counting, "CHUNK", 64)
    monkeypatch.setattr("frameatlas.embedder.components.pca.BLOCK", 32)
    split = fit_components(rows, 8)
    assert np.abs(split.basis - whole.basis).max() < 1e-5
    assert np.allclose(split.explained_variance, whole.explained_variance, rtol=1e-6)


def test_workers_count_the_very_moments_that_one_machine_counts(
    client: "Client", atlas_of_many: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    atlas = atlas_of_many
    seen: list[int] = []
    with cluster.token_in(atlas.folder) as token:

        def elsewhere(atlas: Atlas, first: int) -> Iterator[Covariance]:
            for chunk in chunks_by_workers(client, atlas, first, token, lambda: None):
                seen.append(chunk.count)
                yield chunk

        shared = MapDraft(atlas, "draw").components(atlas, 8, lambda _: None, elsewhere)
    alone = MapDraft(atlas, "another").components(atlas, 8, lambda _: None)
    assert seen == [counting.CHUNK] * (len(atlas) // counting.CHUNK)
    for name in ("mean", "basis", "explained_variance"):
        assert getattr(shared, name).tobytes() == getattr(alone, name).tobytes()


def test_workers_that_do_not_see_the_atlas_count_nothing(
    client: "Client", atlas_of_many: Atlas
) -> None:
    nothing = (".cluster-none", "x")
    assert list(chunks_by_workers(client, atlas_of_many, 0, nothing, lambda: None)) == []


def test_without_workers_the_rest_is_counted_here(
    atlas_of_many: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(covariance_of_workers, "COUNT_SECONDS", 0.1)
    with cluster_of(0) as client, cluster.token_in(atlas_of_many.folder) as token:
        assert list(chunks_by_workers(client, atlas_of_many, 0, token, lambda: None)) == []
