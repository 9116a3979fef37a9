"""Where all frames are the same, each is as like the others as can be."""

import numpy as np
import pytest

from frameatlas.search.compared_scores import compared_query, compared_scores
from frameatlas.search.duplicates import near_duplicates
from frameatlas.search.neighbours import frame_neighbours, neighbours
from frameatlas.search.video_paths import path_of
from frameatlas.search.video_similarity import similar_videos


@pytest.fixture
def still(tmp_atlas, monkeypatch):
    """An atlas whose frames are all the same."""
    scores = np.zeros((len(tmp_atlas), 8), np.float16)
    monkeypatch.setitem(vars(tmp_atlas), "scores", scores)
    return tmp_atlas


def test_same_frames_have_similarity_one(still):
    found = frame_neighbours(still, 3, 5)
    assert found.frames.tolist() == [0, 1, 2, 4, 5]
    assert found.similarity.tolist() == [1] * 5
    assert neighbours(still, np.zeros(8), 3).similarity.tolist() == [1] * 3
    assert neighbours(still, np.ones(8), 3, one_per_source=True).similarity[0] < 0.5


def test_same_videos_have_distance_zero(still):
    for ordered in (False, True):
        found = similar_videos(still, path_of(still, 0), count=3, ordered=ordered)
        assert all(video.distance == pytest.approx(0, abs=1e-6) for video in found)
    assert any(len(group) >= 3 for group in near_duplicates(still))


def test_other_atlases_are_compared_as_they_are(tmp_atlas):
    assert compared_scores(tmp_atlas) is tmp_atlas.scores
    rows = np.zeros((2, tmp_atlas.scores.shape[1]), np.float32)
    assert compared_query(tmp_atlas, rows) is rows
