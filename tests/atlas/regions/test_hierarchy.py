from itertools import pairwise

import numpy as np

from frameatlas.regions.clusters import Clustering, cluster_map
from frameatlas.regions.hierarchy import LEAST, PARTS, nested_regions
from frameatlas.regions.regions import bare_regions


def groups(each=300):
    """Three groups, each of four that lie together."""
    rng = np.random.default_rng(0)
    middles = np.array([[-0.7, 0.5], [0.0, -0.6], [0.7, 0.7]])
    corners = 0.12 * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    places = [middle + corner for middle in middles for corner in corners]
    return np.concatenate([place + rng.normal(0, 0.01, (each // 4, 2)) for place in places])


def levels_of(coordinates, count=3):
    return nested_regions(coordinates, cluster_map(coordinates, Clustering(count=count)))


def test_parts_lie_within_their_regions():
    found = levels_of(groups())
    assert [len(level) for level in found][:2] == [3, 12]
    for coarse, fine in pairwise(found):
        inside = fine.labels >= 0
        assert np.array_equal(fine.parents[fine.labels[inside]], coarse.labels[inside])
        assert fine.sizes.sum() == inside.sum()
        assert all(coarse.sizes[np.unique(fine.parents)] >= 2 * LEAST)
    assert np.array_equal(found[1].sizes, np.full(12, 75))
    assert len({tuple(row) for row in np.stack([found[1].labels, np.arange(900) // 75]).T}) == 12


def test_a_region_tells_its_middle_and_how_wide_it_is():
    coordinates = groups()
    coarse, fine, *_ = levels_of(coordinates)
    for level in (coarse, fine):
        for n, frame in enumerate(level.frames):
            own = coordinates[level.labels == n]
            away = np.linalg.norm(own - own.mean(axis=0), axis=1)
            assert level.labels[frame] == n
            assert np.isclose(np.linalg.norm(coordinates[frame] - own.mean(axis=0)), away.min())
            assert np.isclose(level.spreads[n], np.sqrt((away**2).mean()))
    assert fine.spreads.max() < coarse.spreads.min() / 3


def test_few_frames_and_equal_ones_stay_whole():
    few = np.random.default_rng(0).uniform(-1, 1, (2 * LEAST - 1, 2))
    assert len(levels_of(few, 2)) == 1
    assert len(levels_of(np.zeros((100, 2)), 2)) == 1
    (empty,) = levels_of(np.zeros((0, 2)))
    assert len(empty) == 0
    assert bare_regions([empty]) == []


def test_the_same_map_gives_the_same_and_titles_are_unique():
    first, second = levels_of(groups()), levels_of(groups())
    assert all(np.array_equal(a.labels, b.labels) for a, b in zip(first, second, strict=True))
    titles = [region.title for region in bare_regions(first)]
    assert len(set(titles)) == len(titles)
    assert titles[0] == "Group 1"
    assert "Group 1.1" in titles


def test_no_region_has_more_parts_than_it_may():
    coordinates = np.random.default_rng(1).uniform(-1, 1, (5000, 2))
    for level in levels_of(coordinates, 5)[1:]:
        assert np.bincount(level.parents).max() <= PARTS
