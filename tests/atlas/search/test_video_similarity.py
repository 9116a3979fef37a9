"""Videos by their paths, in small libraries of which the answer is known."""

from importlib import import_module
from itertools import combinations

import numpy as np
import pytest

from frameatlas import (
    InputError,
    VideoPath,
    dissimilar_videos,
    near_duplicates,
    path_of,
    similar_videos,
)
from frameatlas.search.dissimilar_videos import most_apart
from frameatlas.search.frame_weights import FrameWeights
from frameatlas.search.path_distances import frame_distances, set_distance
from frameatlas.search.set_distance_blocks import PathBlocks
from frameatlas.search.video_paths import even_rows, unit

COMPONENTS = 32
TAKES = (0, 0, 0, 1, 1, 2, 3)
"""Which take each video of the library was cut from."""


def with_scores(atlas, scores):
    """The same atlas with other scores, and a map that is their first two numbers."""
    atlas.__dict__["scores"] = scores.astype(np.float16)
    plane = scores[:, :2]
    atlas.__dict__["coordinates"] = (plane / np.abs(plane).max()).astype(np.float64)
    return atlas


@pytest.fixture(scope="module")
def library(tmp_path_factory, synthetic_atlas):
    """Seven videos from four takes, cut and shifted as by a filter, with a failed one between."""
    lengths = (40, 31, 20, 25, 50, 30, 1)
    sources = [*(("video", n) for n in lengths), ("failed", 0), ("photos", 4)]
    atlas = synthetic_atlas(
        tmp_path_factory.mktemp("similar") / "a.atlas", sources=sources, dimension=16
    )
    rng = np.random.default_rng(0)
    takes = 3 * rng.normal(size=(4, 1, COMPONENTS)) + rng.normal(size=(4, 50, COMPONENTS))
    filters = 0.8 * rng.normal(size=(7, COMPONENTS))
    cut = [takes[t, :n] + filters[i] for i, (t, n) in enumerate(zip(TAKES, lengths, strict=True))]
    photos = rng.normal(size=(4, COMPONENTS))
    photos[3] = photos[1] + 0.01
    return with_scores(atlas, np.concatenate([*cut, photos]))


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("query", range(5))
def test_siblings_come_first(library, query, ordered):
    found = similar_videos(library, query, ordered=ordered)
    siblings = {n for n, take in enumerate(TAKES) if take == TAKES[query]} - {query}
    assert {one.number for one in found[: len(siblings)]} == siblings
    assert sorted(one.number for one in found) == sorted(set(range(7)) - {query})
    distances = [one.distance for one in found]
    assert distances == sorted(distances)
    assert distances[len(siblings)] > 1.5 * distances[len(siblings) - 1]


@pytest.mark.parametrize("space", ["components", "map"])
def test_a_video_beside_the_atlas_is_found_like_its_copy(library, space):
    query = path_of(library, 4)
    first = similar_videos(library, query, space=space, count=1)
    assert [(one.number, one.distance) for one in first] == [(4, 0)]


def test_distances_do_not_depend_on_who_asks(library):
    there = {one.number: one.distance for one in similar_videos(library, 0)}
    for other in range(1, 7):
        back = {one.number: one.distance for one in similar_videos(library, other)}
        assert back[0] == pytest.approx(there[other], abs=1e-6)


def test_many_videos_are_compared_in_two_passes(library, monkeypatch):
    exact = similar_videos(library, 0, count=6)
    module = import_module("frameatlas.search.video_similarity")
    for name, value in (("FIRST_FRAMES", 5), ("LEAST_SECOND", 3), ("MOST_SECOND", 3)):
        monkeypatch.setattr(module, name, value)
    for ordered in (False, True):
        found = similar_videos(library, 0, count=6, ordered=ordered)
        assert {one.number for one in found[:2]} == {1, 2}
        assert len(found) == 6
    again = similar_videos(library, 0, count=2)
    assert again == exact[:2]


def test_a_query_without_a_way_is_refused(library):
    empty = VideoPath(np.zeros((0, 2)), np.zeros((0, COMPONENTS), np.float32), np.zeros(0))
    for query, said in ((7, "gave none"), (8, "photos"), (99, "below 9"), (empty, "gave none")):
        with pytest.raises(InputError, match=said):
            similar_videos(library, query)
    other = VideoPath(np.zeros((1, 2)), np.zeros((1, 3), np.float32), np.zeros(1))
    with pytest.raises(InputError, match="components"):
        similar_videos(library, other)
    with pytest.raises(InputError, match="-k"):
        similar_videos(library, 0, count=0)
    with pytest.raises(InputError, match="--space"):
        similar_videos(library, 0, space="plane")
    with pytest.raises(InputError, match="same frames"):
        VideoPath(np.zeros((1, 2)), np.zeros((2, 3), np.float32), np.zeros(1))


def test_titles_that_many_videos_share_count_little(tmp_path, synthetic_atlas):
    """Two videos share a quarter of their frames with six others; nothing else is alike."""
    rng = np.random.default_rng(1)
    atlas = synthetic_atlas(tmp_path / "t.atlas", sources=[("video", 40)] * 8, dimension=16)
    title = rng.normal(size=(10, COMPONENTS))
    own = rng.normal(size=(8, 30, COMPONENTS)) + 3 * rng.normal(size=(8, 1, COMPONENTS))
    with_scores(atlas, np.concatenate([np.concatenate([title, frames]) for frames in own]))
    weights = FrameWeights(atlas).of(unit(atlas.scores[:40]), 0)
    assert weights[:10].max() < 0.2
    assert weights[10:].min() == 1
    points = [unit(atlas.scores[:40]), unit(atlas.scores[40:80])]
    plain = set_distance(frame_distances(*points))
    (weighed,) = (one.distance for one in similar_videos(atlas, 0, count=7) if one.number == 1)
    assert weighed > 1.15 * plain


def test_copies_are_compared_as_if_they_were_alone(tmp_path, synthetic_atlas):
    rng = np.random.default_rng(1)
    atlas = synthetic_atlas(tmp_path / "c.atlas", sources=[("video", 30)] * 8, dimension=16)
    with_scores(atlas, np.tile(rng.normal(size=(30, COMPONENTS)), (8, 1)))
    assert (FrameWeights(atlas).of(unit(atlas.scores[:30]), 0) == 1).all()


def test_near_duplicates_are_groups_of_videos_and_of_photos(library):
    groups = near_duplicates(library)
    assert [[one.number for one in group] for group in groups] == [[0, 1, 2], [3, 4], [8, 8]]
    assert [one.path.name for one in groups[2]] == ["photo 1.jpg", "photo 3.jpg"]
    assert all(0 <= one.distance <= 0.25 for group in groups for one in group)
    assert (groups[0][0].frames, groups[0][0].width, groups[0][0].height) == (40, 64, 36)
    assert near_duplicates(library, within=0) == []


@pytest.mark.parametrize("within", [-0.1, 1.5, float("nan")])
def test_a_distance_that_is_none_is_refused(library, within):
    with pytest.raises(InputError, match="--within"):
        near_duplicates(library, within=within)


def test_blocks_give_the_distances_of_pairs(library, monkeypatch):
    whole = PathBlocks.of_videos(library, list(range(7)), 16).matrix()
    monkeypatch.setattr("frameatlas.search.set_distance_blocks.BLOCK_FRAMES", 20)
    blocks = PathBlocks.of_videos(library, list(range(7)), 16)
    assert np.allclose(blocks.matrix(), whole, atol=1e-6)
    assert np.allclose(blocks.row(3), whole[3], atol=1e-6)
    paths = [path_of(library, n, most=16).points("components") for n in range(7)]
    for i in range(7):
        for j in range(7):
            expected = set_distance(frame_distances(paths[i], paths[j]))
            assert whole[i, j] == pytest.approx(expected, abs=1e-5)


def test_the_videos_that_differ_most_are_of_different_takes(library):
    found = dissimilar_videos(library, 4)
    assert {TAKES[one.number] for one in found} == {0, 1, 2, 3}
    assert [one.number for one in found] == sorted(one.number for one in found)
    assert len(dissimilar_videos(library, 9)) == 7
    assert dissimilar_videos(library, 1)[0].distance == 0
    assert dissimilar_videos(library, 4) == found


def test_a_large_library_is_chosen_from_a_shortlist(library, monkeypatch):
    found = dissimilar_videos(library, 2)
    monkeypatch.setattr(import_module("frameatlas.search.dissimilar_videos"), "SHORTLIST", 5)
    assert {TAKES[one.number] for one in dissimilar_videos(library, 2)} == {
        TAKES[one.number] for one in found
    }


def test_without_videos_nothing_differs(tmp_path, synthetic_atlas):
    atlas = synthetic_atlas(tmp_path / "p.atlas", sources=[("photos", 4)], dimension=16)
    with pytest.raises(InputError, match="videos"):
        dissimilar_videos(atlas)
    assert near_duplicates(atlas, within=1e-6) == []


@pytest.mark.parametrize(("n", "count"), [(2, 2), (6, 2), (8, 3), (9, 5), (9, 9), (7, 1)])
def test_the_choice_is_the_best_there_is(n, count):
    for seed in range(20):
        places = np.random.default_rng(seed).normal(size=(n, 3))
        distances = np.linalg.norm(places[:, None] - places, axis=2).astype(np.float32)
        chosen = most_apart(distances, count)
        assert len(set(chosen)) == count
        if count == 1:
            continue

        def smallest(items, distances=distances):
            return min(distances[a, b] for a, b in combinations(items, 2))

        assert smallest(chosen) == max(map(smallest, combinations(range(n), count)))


def test_equal_videos_can_differ_most_too():
    assert sorted(most_apart(np.zeros((5, 5), np.float32), 3)) == sorted(
        set(most_apart(np.zeros((5, 5), np.float32), 3))
    )


@pytest.mark.parametrize(("length", "most"), [(5, 9), (9, 9), (100, 7), (100, 1), (2, 2), (10, 2)])
def test_even_rows_begin_and_end_with_the_video(length, most):
    rows = even_rows(length, most)
    assert len(rows) == min(length, most)
    assert len(set(rows.tolist())) == len(rows)
    if min(length, most) > 1:
        assert (rows[0], rows[-1]) == (0, length - 1)
        assert np.ptp(np.diff(rows)) <= 1


def test_a_shorter_second_pass_still_finds_the_nearest_exactly(library):
    every = similar_videos(library, 0, count=99)
    quick = similar_videos(library, 0, count=99, second=2)
    assert [one.number for one in quick[:2]] == [one.number for one in every[:2]]
    assert [one.distance for one in quick[:2]] == [one.distance for one in every[:2]]
    assert {one.number for one in quick} == {one.number for one in every}
