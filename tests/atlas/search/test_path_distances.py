import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from frameatlas.search.path_distances import frame_distances, ordered_distance, set_distance
from frameatlas.search.video_paths import unit

DISTANCES = {"unordered": set_distance, "ordered": ordered_distance}
NUMBER = st.floats(-4, 4, width=16)


@st.composite
def videos(draw, count=2):
    """The points of some videos of 1 to 9 frames, in one space."""
    space = draw(st.sampled_from(["components", "map"]))
    shapes = [(draw(st.integers(1, 9)), 2 if space == "map" else 4) for _ in range(count)]
    paths = [draw(arrays.arrays(np.float32, shape, elements=NUMBER)) for shape in shapes]
    return space, [unit(path) if space == "components" else path for path in paths]


def brute_warping(distances):
    """Dynamic time warping by the book: every cell from its three neighbours."""
    n, m = distances.shape
    cost = np.full((n, m), np.inf)
    for i in range(n):
        for j in range(m):
            here = float(distances[i, j])
            ways = [cost[i - 1, j] + here / n] if i else []
            ways += [cost[i, j - 1] + here / m] if j else []
            ways += [cost[i - 1, j - 1] + here * (1 / n + 1 / m)] if i and j else []
            cost[i, j] = min(ways) if ways else here * (1 / n + 1 / m)
    return cost[-1, -1] / 2


@pytest.mark.parametrize("name", DISTANCES)
@settings(deadline=None, max_examples=60)
@given(given=videos())
def test_a_distance_is_symmetric_and_zero_to_itself(name, given):
    space, (a, b) = given
    distance = DISTANCES[name]
    there = distance(frame_distances(a, b, space))
    assert there == pytest.approx(distance(frame_distances(b, a, space)), abs=1e-6)
    assert there >= 0
    assert distance(frame_distances(a, a, space)) == 0


@pytest.mark.parametrize("name", DISTANCES)
@settings(deadline=None, max_examples=60)
@given(given=videos())
def test_every_frame_twice_changes_nothing(name, given):
    space, (a, b) = given
    twice = np.repeat(a, 2, axis=0)
    distance = DISTANCES[name]
    assert distance(frame_distances(a, twice, space)) == 0
    if name == "unordered":
        once = distance(frame_distances(a, b, space))
        assert distance(frame_distances(twice, b, space)) == pytest.approx(once, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(given=videos(), seed=st.integers(0, 99))
def test_without_order_the_order_does_not_matter(given, seed):
    space, (a, b) = given
    mixed = np.random.default_rng(seed).permutation(a)
    was = set_distance(frame_distances(a, b, space))
    assert set_distance(frame_distances(mixed, b, space)) == pytest.approx(was, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(given=videos())
def test_order_can_only_add_distance(given):
    space, (a, b) = given
    distances = frame_distances(a, b, space)
    assert ordered_distance(distances) >= set_distance(distances) - 1e-6


@settings(deadline=None, max_examples=60)
@given(given=videos())
def test_warping_along_antidiagonals_is_warping_by_the_book(given):
    space, (a, b) = given
    distances = frame_distances(a, b, space)
    assert ordered_distance(distances) == pytest.approx(brute_warping(distances), abs=1e-9)


def test_reversed_is_the_same_set_but_another_order():
    there = unit(np.random.default_rng(0).normal(size=(20, 8)))
    distances = frame_distances(there, there[::-1])
    assert set_distance(distances) == 0
    assert ordered_distance(distances) > 0.3


def test_another_pace_is_the_same_order():
    there = unit(np.random.default_rng(0).normal(size=(20, 8)))
    slow = np.repeat(there, [3] * 10 + [1] * 10, axis=0)
    assert ordered_distance(frame_distances(there, slow)) == 0


def test_the_scale_among_components_is_one_less_the_cosine():
    a, b = np.eye(4, dtype=np.float32)[:1], np.eye(4, dtype=np.float32)[1:2]
    assert set_distance(frame_distances(a, b)) == 1
    assert set_distance(frame_distances(a, -a)) == 2
    zero = np.zeros((1, 4), np.float32)
    assert set_distance(frame_distances(zero, zero)) == 0


def test_frames_of_little_weight_count_little():
    a, b = np.eye(4, dtype=np.float32)[[0, 1]], np.eye(4, dtype=np.float32)[[0, 2]]
    distances = frame_distances(a, b)
    light = np.array([1, 0.01])
    assert set_distance(distances) == pytest.approx(0.5)
    assert set_distance(distances, light, light) < 0.02
    assert ordered_distance(distances, light, light) < 0.02
