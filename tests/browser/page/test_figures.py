import json

import numpy as np
import pytest

from frameatlas.browser.page.figures import (
    GRID,
    MOST_BARS,
    MOST_POINTS,
    novelty_figure,
    quality_figure,
    share_figure,
    share_of_map,
    thin,
)


def test_novelty_goes_with_time():
    rows = np.array([[0, 0], [1, 0.5], [2, 0.25]], np.float32)
    figure = novelty_figure(rows, "a.mp4")
    assert figure["data"][0]["x"] == [0, 1, 2]
    assert figure["data"][0]["y"] == [0, 0.5, 0.25]
    assert "a.mp4" in figure["layout"]["title"]["text"]


def test_a_long_video_keeps_its_peaks():
    rows = np.column_stack([np.arange(50_000), np.zeros(50_000)]).astype(np.float32)
    rows[31_234, 1] = 1
    kept = thin(rows, MOST_POINTS)
    assert len(kept) == MOST_POINTS
    assert [31_234, 1] in kept.tolist()
    assert thin(rows[:10], 20) is not None
    assert len(thin(rows[:10], 20)) == 10


def test_shares_of_the_map_count_cells_not_frames():
    # Ten frames of video 0 in one cell, one frame of video 1 in another, both in a third.
    places = np.array([[-0.9, 0.9]] * 10 + [[0.9, -0.9]] + [[0.0, 0.0]] * 2)
    numbers = np.array([0] * 10 + [1] + [0, 1], np.int32)
    assert share_of_map(places, numbers, 3) == pytest.approx([0.5, 0.5, 0])
    edge = share_of_map(np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([0, 0], np.int32), 1)
    assert edge == pytest.approx([1.0])
    assert len(GRID) == 2


def test_no_frames_share_nothing():
    assert share_of_map(np.zeros((0, 2)), np.zeros(0, np.int32), 2).tolist() == [0, 0]


def test_the_largest_videos_are_named_and_one_is_marked():
    frames = [5, 0, 20, 1]
    figure = share_figure(frames, np.array([0.2, 0, 0.7, 0.1]), ["a", "b", "c", "d"], 2)
    first, second = figure["data"]
    assert first["customdata"] == ["d", "a", "c"]
    assert first["x"] == [10, 20, 70]
    assert second["x"][-1] == pytest.approx(100 * 20 / 26, abs=0.01)
    assert first["marker"]["color"][2] != first["marker"]["color"][0]
    many = share_figure([3] * 200, np.full(200, 0.005), ["n" * 90] * 200, 0)
    assert len(many["data"][0]["x"]) == MOST_BARS
    assert max(map(len, many["data"][0]["customdata"])) <= 18


def test_quality_leaves_out_what_is_not_known():
    figure = quality_figure({"map": {"fill": 0.9, "continuity": None}, "pca": {"fill": 0.2}})
    pca, ours = figure["data"]
    assert ours["x"] == [0.9]
    assert pca["x"] == [0.2]
    assert quality_figure({})["data"][0]["x"] == []
    assert quality_figure({"map": None})["data"][1]["x"] == []


@pytest.mark.parametrize("dark", [False, True])
def test_figures_are_plain_json(dark):
    rows = np.array([[0, 0.1]], np.float32)
    figures = [
        novelty_figure(rows, "a", dark=dark),
        share_figure([1], np.array([1.0]), ["a"], 0, dark=dark),
        quality_figure({"map": {"fill": 1}}, dark=dark),
    ]
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
