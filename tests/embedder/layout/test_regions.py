import numpy as np
import pytest
from scipy.stats import spearmanr

from frameatlas.embedder.layout.knn_graph import neighbour_graph, unit_scores
from frameatlas.embedder.layout.neighbour_embedding import arrange
from frameatlas.embedder.layout.regions import (
    Regions,
    distances_between,
    middles_of,
    partition,
)
from frameatlas.embedder.map.even_stretch import gentle_stretch
from frameatlas.embedder.map.quality import fill


def clouds(n: int, groups: int, spread: float = 0.3, seed: int = 0):
    """Clouds on a plane that is hidden among 20 dimensions, and whose each point is."""
    random = np.random.default_rng(seed)
    kind = np.sort(random.integers(0, groups, n))
    middles = random.uniform(-1, 1, size=(groups, 2)) @ random.normal(size=(2, 20))
    noise = spread * random.normal(size=(n, 20))
    return (middles[kind] + noise).astype(np.float32), kind.astype(np.int64)


def graph_of(scores):
    rows = np.arange(len(scores))
    return neighbour_graph(unit_scores(scores), rows, rows)[0]


def test_clouds_are_found_and_their_middles_are_means() -> None:
    rows, kind = clouds(900, 5, spread=0.02)
    group, middles = partition(rows, 5, seed=1)
    pairs = np.unique(np.column_stack([kind, group]), axis=0)
    assert len(pairs) == len(middles) == 5
    np.testing.assert_allclose(middles[group[7]], rows[group == group[7]].mean(axis=0), atol=1e-5)


def test_the_same_seed_groups_alike_and_a_sample_of_many_rows_suffices(monkeypatch) -> None:
    rows, kind = clouds(900, 5, spread=0.02)
    first, again, other = (partition(rows, 12, seed)[0] for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    monkeypatch.setattr("frameatlas.embedder.layout.regions.SAMPLE", 300)
    sampled = partition(rows, 5, seed=1)[0]
    assert len(sampled) == 900
    assert len(np.unique(np.column_stack([kind, sampled]), axis=0)) == 5


@pytest.mark.parametrize("n", [1, 5])
def test_equal_rows_are_one_group(n: int) -> None:
    group, middles = partition(np.ones((n, 4), np.float32), 3, seed=0)
    assert group.tolist() == [0] * n
    np.testing.assert_allclose(middles, np.ones((1, 4)))


def test_distances_are_those_of_all_pairs() -> None:
    middles = np.array([[0, 0], [3, 4], [0, 1]])
    np.testing.assert_allclose(distances_between(middles), [5, 1, np.sqrt(18)])


def test_regions_that_lie_in_order_stay_and_others_move_into_it() -> None:
    scores, _ = clouds(600, 20, spread=0.0)
    plane = np.linalg.svd(scores - scores.mean(axis=0), full_matrices=False)
    flat = (plane[0][:, :2] * plane[1][:2]).astype(np.float32)
    regions = Regions(scores, graph_of(scores), seed=0)
    assert np.abs(regions(flat)).max() < 1e-3 * flat.std()
    mixed = flat[np.random.default_rng(0).permutation(600)] + 0.5 * flat
    group, middles = partition(scores, 15, seed=9)
    before = spearmanr(distances_between(middles_of(mixed, group)), distances_between(middles))[0]
    for _ in range(60):
        mixed = mixed + regions(mixed)
    after = spearmanr(distances_between(middles_of(mixed, group)), distances_between(middles))[0]
    assert after > max(0.9, before)


def test_equal_frames_and_equal_places_are_no_trouble() -> None:
    scores = np.ones((80, 4), np.float32)
    assert not Regions(scores, graph_of(scores), 0)(np.zeros((80, 2), np.float32)).any()
    scores, _ = clouds(80, 5)
    way = Regions(scores, graph_of(scores), 0)(np.zeros((80, 2), np.float32))
    assert np.isfinite(way).all()


def test_far_groups_lie_in_better_order_and_the_plane_is_as_full() -> None:
    scores, kind = clouds(3000, 12)
    wanted = distances_between(middles_of(scores, kind))
    graph, orders, fills = graph_of(scores), [], []
    start = np.random.default_rng(5).normal(size=(3000, 2)).astype(np.float32)
    for regions in (None, Regions(scores, graph, seed=0)):
        places = arrange(graph, start, regions=regions)
        orders.append(spearmanr(distances_between(middles_of(places, kind)), wanted)[0])
        fills.append(fill(gentle_stretch(places / 100).apply(places / 100)))
    assert orders[1] > max(0.8, orders[0] + 0.05)
    assert fills[1] >= fills[0] - 0.03


def test_the_same_seed_arranges_to_the_same_bytes() -> None:
    scores, _ = clouds(400, 6)
    graph = graph_of(scores)
    one, again = (
        arrange(graph, scores[:, :2], regions=Regions(scores, graph, seed=7)) for _ in range(2)
    )
    assert one.tobytes() == again.tobytes()
    assert one.tobytes() != arrange(graph, scores[:, :2]).tobytes()
