import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from frameatlas.reid.identify.constrained_linkage import link
from frameatlas.reid.identify.constraints.seen_together import seen_together
from frameatlas.reid.tracks.boxes import intersection_over_union


def distances(n, seed):
    rng = np.random.default_rng(seed)
    half = np.triu(rng.random((n, n)), 1)
    return half + half.T


def bans(n, seed, share=0.2):
    rng = np.random.default_rng(seed + 1000)
    half = np.triu(rng.random((n, n)) < share, 1)
    return half | half.T


def partition(label):
    return {frozenset(np.flatnonzero(label == c).tolist()) for c in np.unique(label)}


@pytest.mark.parametrize("count", [1, 2, 5, 11, 20])
def test_without_bans_it_is_average_linkage(count):
    table = distances(20, 3)
    merges = link(table, np.ones(20), np.zeros((20, 20), bool))
    # Asked for 20 clusters of 20 points, SciPy 1.11 gives 18.
    cut = fcluster(linkage(squareform(table), "average"), count, "maxclust")
    expected = cut if count < 20 else np.arange(20)
    assert partition(merges.after(20 - count)) == partition(expected)


def test_weights_are_those_of_the_mean():
    table = np.array([[0, 0.1, 0.5], [0.1, 0, 0.9], [0.5, 0.9, 0]])
    merges = link(table, np.array([3.0, 1.0, 1.0]), np.zeros((3, 3), bool))
    np.testing.assert_allclose(merges.distance, [0.1, 0.75 * 0.5 + 0.25 * 0.9])


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 25), st.integers(0, 10_000), st.floats(0, 0.6))
def test_banned_pairs_never_share_a_cluster(n, seed, share):
    ban = bans(n, seed, share)
    merges = link(distances(n, seed), np.ones(n), ban)
    for made in range(len(merges.kept) + 1):
        label = merges.after(made)
        assert not (ban & (label[:, None] == label)).any()
        assert label.max() + 1 == n - made


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 20), st.integers(0, 10_000))
def test_the_order_of_items_does_not_matter(n, seed):
    table, ban = distances(n, seed), bans(n, seed)
    weight = np.random.default_rng(seed).uniform(1, 5, n)
    order = np.random.default_rng(seed + 1).permutation(n)
    one = link(table, weight, ban)
    other = link(table[np.ix_(order, order)], weight[order], ban[np.ix_(order, order)])
    np.testing.assert_allclose(one.distance, other.distance)
    for made in range(len(one.kept) + 1):
        back = np.empty(n, np.int64)
        back[order] = other.after(made)
        assert partition(one.after(made)) == partition(back)


def test_items_that_belong_together_begin_so_and_share_their_bans():
    table = distances(6, 0)
    ban = np.zeros((6, 6), bool)
    ban[0, 1] = ban[1, 0] = True
    merges = link(table, np.ones(6), ban, np.array([0, 1, 2, 0, 4, 1]))
    assert merges.begun == 4
    for made in range(len(merges.kept) + 1):
        label = merges.after(made)
        assert label[0] == label[3]
        assert label[1] == label[5]
        assert label[3] != label[5], "a member's ban binds the whole cluster"
    assert merges.fewest == 2


def test_the_threshold_is_where_merging_stops():
    table = np.array([[0, 0.1, 0.8], [0.1, 0, 0.8], [0.8, 0.8, 0]])
    merges = link(table, np.ones(3), np.zeros((3, 3), bool))
    assert merges.below(0.05) == 0
    assert merges.below(0.1) == 0
    assert merges.below(0.5) == 1
    assert merges.below(0.9) == 2


def test_nothing_to_link_is_no_fault():
    merges = link(np.zeros((0, 0)), np.zeros(0), np.zeros((0, 0), bool))
    assert merges.begun == 0
    assert len(link(np.zeros((1, 1)), np.ones(1), np.zeros((1, 1), bool)).after(0)) == 1


def test_two_frames_together_are_two_people():
    box = np.array([[0, 0, 9, 9], [50, 0, 9, 9]] * 3, float)
    segment = np.array([0, 1, 0, 1, 0, 2])
    seen = seen_together(3, segment, np.array([1, 1, 2, 2, 3, 3]), box)
    assert seen.together.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert not seen.doubled.any()
    assert seen.most == 2


def test_boxes_on_one_another_are_doubled_and_no_two_people():
    box = np.array([[0, 0, 10, 10], [0, 1, 10, 10]] * 3, float)
    seen = seen_together(2, np.array([0, 1] * 3), np.repeat([1, 2, 3], 2), box)
    assert not seen.together.any()
    assert seen.doubled[0, 1]
    assert seen.most == 1


def test_overlap_is_intersection_over_union():
    box = np.array([[0, 0, 10, 10], [5, 0, 10, 10], [100, 0, 1, 1]], float)
    np.testing.assert_allclose(
        intersection_over_union(box), [[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 1]]
    )
