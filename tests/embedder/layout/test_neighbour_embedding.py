import numpy as np
import pytest

from frameatlas.embedder.layout.knn_graph import (
    CLOSE,
    FURTHER,
    MOMENT,
    NEIGHBOURS,
    OF_FURTHER,
    OF_MOMENT,
    SMALL,
    nearest,
    neighbour_graph,
    unit_scores,
)
from frameatlas.embedder.layout.neighbour_embedding import arrange
from frameatlas.embedder.layout.pca_layout import bend_to_std
from frameatlas.embedder.layout.repulsion import Evenness, Repulsion
from frameatlas.embedder.map.even_stretch import gentle_stretch
from frameatlas.embedder.map.quality import fill


def normal(*shape: int, seed: int = 0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize(("n", "count"), [(5, 5), (40, 15), (1500, 15)])
def test_nearest_are_those_of_all_products(n: int, count: int) -> None:
    units = unit_scores(normal(n, 8))
    rows, cosines = nearest(units[:600], units, count)
    products = units[:600] @ units.T
    np.testing.assert_allclose(cosines, -np.sort(-products, axis=1)[:, :count], atol=1e-6)
    np.testing.assert_allclose(np.take_along_axis(products, rows, axis=1), cosines, atol=1e-6)


def test_a_frame_without_direction_has_neighbours_too() -> None:
    rows, cosines = nearest(unit_scores(np.zeros((1, 4))), unit_scores(normal(50, 4)), 15)
    assert len(set(rows[0].tolist())) == 15
    assert np.array_equal(cosines, np.zeros((1, 15)))


def test_a_moment_does_not_eat_the_neighbourhood() -> None:
    walk = np.cumsum(normal(SMALL, 6), axis=0)
    places, paths = np.arange(SMALL), np.zeros(SMALL, np.int64)
    graph, close = neighbour_graph(unit_scores(walk), places, paths)
    assert graph.sum() == pytest.approx(1.0, abs=1e-5)
    assert abs(graph - graph.T).max() == 0
    rows, columns = graph.nonzero()
    near = np.abs(rows - columns) <= MOMENT
    assert near.sum() <= SMALL * OF_MOMENT * 2
    assert (~near).sum() >= SMALL * (NEIGHBOURS - OF_MOMENT)
    photos, _ = neighbour_graph(unit_scores(walk), places, places)
    assert (np.abs(np.subtract(*photos.nonzero())) <= MOMENT).sum() > near.sum()
    products = unit_scores(walk) @ unit_scores(walk).T
    np.fill_diagonal(products, -1)
    np.testing.assert_allclose(close, -np.sort(-products, axis=1)[:, :CLOSE], atol=1e-6)


def test_a_fifth_of_the_pull_reaches_further_on_a_small_map() -> None:
    units, places = unit_scores(normal(400, 6)), np.arange(400)
    graph, _ = neighbour_graph(units, places, places)
    nearer = np.zeros((400, 400), bool)
    np.put_along_axis(nearer, nearest(units, units, NEIGHBOURS + 1)[0].astype(np.int64), True, 1)
    beyond = graph.toarray()[~(nearer | nearer.T)].sum()
    assert 0.8 < beyond / (OF_FURTHER * (1 - NEIGHBOURS / FURTHER)) <= 1.0
    assert graph.sum() == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("scale", [0.5, 5.0, 30.0])
def test_repulsion_is_that_of_all_pairs(scale: float) -> None:
    places = normal(800, 2) * np.float32(scale)
    apart = places[:, None] - places[None]
    pair = 1 / (1 + np.square(apart).sum(axis=2))
    exact = (pair[:, :, None] ** 2 * apart).sum(axis=1)
    push, pairs = Repulsion()(places)
    assert np.linalg.norm(push - exact) < 0.1 * np.linalg.norm(exact)
    assert pairs == pytest.approx(pair.sum() - 800, rel=0.03)


def test_an_even_square_is_at_rest_and_a_crowd_is_not() -> None:
    spots = np.random.default_rng(0).uniform(-50, 50, size=(8000, 2)).astype(np.float32)
    way = Evenness(spots)(spots)
    assert np.sqrt(np.square(way).sum(axis=1).mean()) < 0.05
    crowd = np.concatenate([spots, normal(3000, 2) * 3 + [20, 0]]).astype(np.float32)
    outwards = Evenness(crowd)(crowd)[len(spots) :] * (crowd[len(spots) :] - [20, 0])
    assert np.mean(outwards.sum(axis=1) > 0) > 0.8


def test_what_has_left_the_square_is_drawn_back() -> None:
    spots = np.random.default_rng(0).uniform(-50, 50, size=(8000, 2)).astype(np.float32)
    strays = np.array([[90, 0], [-90, 10], [0, 200], [70, -70]], np.float32)
    way = Evenness(spots)(np.concatenate([spots, strays]))[len(spots) :]
    assert (np.sum(way * strays, axis=1) < 0).all()


@pytest.mark.parametrize("turn", [0.0, 30.0])
def test_the_square_is_upright_however_the_map_is_turned(turn: float) -> None:
    graph, _ = neighbour_graph(unit_scores(normal(2000, 3)), np.arange(2000), np.arange(2000))
    places = arrange(graph, normal(2000, 2), turn=turn)
    half = np.abs(places).max(axis=0)
    corners = np.mean((np.abs(places) > 0.75 * half).all(axis=1))
    assert 0.03 < corners < 0.1  # a sixteenth of an upright square, none of a disc or lozenge


def test_groups_stay_together_and_the_plane_is_filled() -> None:
    random = np.random.default_rng(1)
    kind = random.integers(0, 12, 5000)
    scores = normal(12, 20)[kind] * 3 + normal(5000, 20, seed=2)
    graph, _ = neighbour_graph(unit_scores(scores), np.arange(5000), np.arange(5000))
    places = arrange(graph, scores[:, :2])
    code, gain = bend_to_std(places, 0.3)
    np.testing.assert_allclose(code.std(axis=0), 0.3, atol=1e-6)
    assert 0 < gain < 1
    coordinates = gentle_stretch(code).apply(code)
    assert fill(coordinates) >= 0.97
    assert np.mean(np.abs(coordinates) > 0.99) < 0.01
    flat = np.square(coordinates[:300, None] - coordinates[None]).sum(axis=2)
    near = np.argsort(flat, axis=1)[:, 1:6]
    assert np.mean(kind[near] == kind[:300, None]) > 0.95


def test_equal_beginnings_are_arranged_without_nan() -> None:
    scores = normal(80, 5)
    graph, _ = neighbour_graph(unit_scores(scores), np.arange(80), np.arange(80))
    assert np.isfinite(arrange(graph, np.zeros((80, 2), np.float32))).all()


@pytest.mark.parametrize("std", [0.05, 0.3, 0.6, 0.8])
def test_no_edge_is_crowded_however_wide_the_code(std: float) -> None:
    square = np.random.default_rng(0).uniform(-40, 40, size=(6000, 2))
    code, _ = bend_to_std(square, std)
    places = gentle_stretch(code).apply(code)
    assert fill(places) >= 0.97
    assert np.mean(np.abs(places).max(axis=1) > 0.99) <= 0.02
    assert np.mean(np.abs(places).max(axis=1) > 0.95) <= 0.1


def test_the_widest_code_too_is_spread_from_its_corners() -> None:
    code, _ = bend_to_std(np.random.default_rng(0).uniform(-40, 40, size=(6000, 2)), 0.9)
    assert np.mean(np.abs(code).max(axis=1) > 0.99) > 0.5
    assert np.mean(np.abs(gentle_stretch(code).apply(code)).max(axis=1) > 0.99) <= 0.05
