"""Clips are found where they were cut, whatever was done to their scores."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameatlas import InputError
from frameatlas.search.clip_evidence import weigh
from frameatlas.search.clip_matches import SURE, Span, resolve_overlaps
from frameatlas.search.clip_search import find_clip, window_rows

FPS = 3.0
WIDTH = 40
KINDS = (("video", 120), ("video", 90), ("photos", 12), ("video", 0), ("video", 60))


class Films:
    """What a search for clips needs of an atlas; pictures are grey, or black where told so."""

    def __init__(self, kinds, scores):
        self.sources = [
            SimpleNamespace(kind=kind, frames=frames, sample="all") for kind, frames in kinds
        ]
        self.offsets = np.cumsum([0, *(frames for _, frames in kinds)])
        self.scores = scores
        self.seconds = np.concatenate([np.arange(frames) / FPS for _, frames in kinds])
        self.frames = np.full((len(scores), 2, 2, 3), 90, np.uint8)
        self.manifest = SimpleNamespace(made=SimpleNamespace(fps=FPS))

    def range_of(self, number):
        return range(int(self.offsets[number]), int(self.offsets[number + 1]))


@pytest.fixture(scope="module")
def atlas():
    """Three films of shots that drift, and photos that one of them shows too."""
    scores = film_scores(sum(frames for _, frames in KINDS))
    scores[210:222] = scores[30:42]
    return Films(KINDS, scores)


def film_scores(frames, seed=0):
    """Shots of nine frames, each a walk from a place of its own."""
    rng = np.random.default_rng(seed)
    walks = 0.15 * rng.normal(size=(frames // 9 + 1, 9, WIDTH)).cumsum(axis=1)
    shots = rng.normal(size=(frames // 9 + 1, 1, WIDTH))
    return (shots + walks).reshape(-1, WIDTH)[:frames].astype(np.float16)


def cut(atlas, number, start, seconds, speed=1.0, noise=0.0):
    """Scores and times of a piece: mixed between frames, as a re-encoded one would be."""
    frames = atlas.range_of(number)
    count = int(seconds / speed * FPS)
    times = np.arange(count) / FPS
    there = (start + times * speed) * FPS
    before = np.floor(there).astype(int)
    share = (there - before)[:, None]
    rows = np.asarray(atlas.scores[frames.start : frames.stop], np.float32)
    after = np.minimum(before + 1, len(rows) - 1)
    mixed = rows[before] * (1 - share) + rows[after] * share
    change = np.random.default_rng(5).normal(size=(count, WIDTH)) * noise
    return (mixed + change).astype(np.float32), times


def is_at(span, number, start, seconds, speed=1.0):
    assert span.source == number
    assert span.query_from == pytest.approx(0, abs=1)
    assert span.query_to == pytest.approx(seconds / speed, abs=1)
    assert span.source_from == pytest.approx(start, abs=0.5)
    assert span.source_to == pytest.approx(start + seconds, abs=0.5)
    return True


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([0, 1, 4]), st.floats(0, 13), st.floats(3, 6))
def test_any_piece_is_found_where_it_was_cut(atlas, number, start, seconds):
    scores, times = cut(atlas, number, start, seconds)
    spans = find_clip(atlas, [scores], times)
    assert is_at(spans[0], number, start, seconds)
    assert spans[0].score > 0.8


@pytest.mark.parametrize("speed", [0.9, 0.95, 1.05, 1.1])
def test_a_changed_speed_is_told(atlas, speed):
    scores, times = cut(atlas, 0, 10, 12, speed)
    spans = find_clip(atlas, [scores], times)
    assert is_at(spans[0], 0, 10, 12, speed)
    assert spans[0].speed == pytest.approx(speed, abs=0.03)


def test_a_logo_and_noise_do_no_harm(atlas):
    scores, times = cut(atlas, 1, 8, 5, noise=0.3)
    logo = np.random.default_rng(9).normal(size=WIDTH).astype(np.float32) * 0.6
    spans = find_clip(atlas, [scores + logo], times)
    assert is_at(spans[0], 1, 8, 5)


def test_the_better_of_two_descriptions_counts(atlas):
    scores, times = cut(atlas, 1, 8, 5)
    barred = np.random.default_rng(1).normal(size=scores.shape).astype(np.float32)
    both = find_clip(atlas, [barred, scores], times)
    assert both == find_clip(atlas, [scores], times)


def test_a_long_film_holds_pieces_of_several(atlas):
    own = film_scores(60, seed=7).astype(np.float32)
    first, _ = cut(atlas, 4, 5, 5)
    second, _ = cut(atlas, 0, 20, 4)
    scores = np.concatenate([own[:25], first, own[25:], second])
    spans = find_clip(atlas, [scores], np.arange(len(scores)) / FPS)
    assert [span.source for span in sorted(spans, key=lambda s: s.query_from)] == [4, 0]
    found = {span.source: span for span in spans}
    assert found[4].query_from == pytest.approx(25 / FPS, abs=1)
    assert found[4].source_from == pytest.approx(5, abs=1)
    assert found[0].source_to == pytest.approx(24, abs=1)


def test_strangers_are_not_found(atlas):
    scores = film_scores(90, seed=11).astype(np.float32)
    assert find_clip(atlas, [scores], np.arange(90) / FPS) == []


def test_photos_have_no_moments_to_be_cut_from(atlas):
    scores, times = cut(atlas, 0, 10, 4)
    assert 2 not in {span.source for span in find_clip(atlas, [scores], times)}


def test_a_stretch_shown_twice_is_told_of_both():
    atlas = Films((("video", 60),) * 3, film_scores(180))
    atlas.scores[90:110] = atlas.scores[20:40]
    scores, times = cut(atlas, 0, 7, 5)
    spans = find_clip(atlas, [scores], times)
    assert sorted((span.source, round(span.source_from)) for span in spans) == [(0, 7), (1, 10)]


@pytest.fixture
def series():
    """Forty films that begin alike."""
    atlas = Films((("video", 30),) * 40, film_scores(1200))
    for number in range(40):
        atlas.scores[number * 30 : number * 30 + 12] = film_scores(12, seed=3)
    return atlas


def test_what_all_videos_show_counts_little(series):
    piece, times = cut(series, 4, 0, 8)
    weights = weigh(series, piece, times).weights
    assert weights[:10].max() < 0.1
    assert weights[14:].min() > 0.8
    spans = find_clip(series, [piece], times)
    assert [span.source for span in spans] == [4]
    assert is_at(spans[0], 4, 0, 8)


def test_an_opening_alone_is_a_piece_of_none(series):
    piece, times = cut(series, 4, 0, 3.6)
    assert find_clip(series, [piece], times) == []


def test_of_three_edits_that_are_all_there_is_none_is_common():
    atlas = Films((("video", 60),) * 3, np.tile(film_scores(60), (3, 1)))
    scores, times = cut(atlas, 1, 5, 4)
    assert [span.source for span in find_clip(atlas, [scores], times)] == [0, 1, 2]


def test_black_is_a_piece_of_none(atlas):
    scores, times = cut(atlas, 1, 8, 5)
    atlas.frames[120 + 24 : 120 + 40] = 3
    try:
        assert find_clip(atlas, [scores], times) == []
    finally:
        atlas.frames[:] = 90
    assert len(find_clip(atlas, [scores], times)) == 1


def test_a_still_picture_is_found_by_what_it_shows(atlas):
    still = np.repeat(np.asarray(atlas.scores[200:201], np.float32), 15, axis=0)
    still += np.random.default_rng(0).normal(size=still.shape).astype(np.float32) * 0.02
    before = atlas.scores
    atlas.scores = before.copy()
    atlas.scores[190:220] = before[200]
    try:
        spans = find_clip(atlas, [still], np.arange(15) / FPS)
    finally:
        atlas.scores = before
    assert spans[0].score > 0.7
    assert spans[0].source == 1


def test_windows_cover_a_clip():
    times = np.arange(40) / FPS
    windows = window_rows(times)
    assert windows[0].start == 0
    assert windows[-1].stop == 40
    assert all(rows.stop - rows.start == 9 for rows in windows)
    assert all(b.start - a.start <= 3 for a, b in pairwise(windows))


@given(st.lists(st.floats(0.001, 5), min_size=1, max_size=60))
def test_windows_of_any_times_end(steps):
    times = np.cumsum(steps)
    windows = window_rows(times)
    covered = {row for rows in windows for row in range(rows.start, rows.stop)}
    assert covered == set(range(len(times)))


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_a_clip_of_few_frames_is_no_fault(atlas, frames):
    scores = np.asarray(atlas.scores[20 : 20 + frames], np.float32)
    assert isinstance(find_clip(atlas, [scores], np.arange(frames) / FPS), list)


def span(source=0, start=0.0, stop=5.0, score=0.9, there=0.0):
    return Span(source, start, stop, there, there + stop - start, 1.0, score, score, score)


def test_weaker_readings_of_one_stretch_give_way():
    best, other = span(), span(there=30, score=0.8)
    chance = span(source=1, score=0.5)
    edit = span(source=2, score=0.7)
    later = span(start=20, stop=25, score=0.5)
    unsure = span(source=3, start=40, stop=45, score=SURE - 0.01)
    assert resolve_overlaps([unsure, later, chance, other, edit, best]) == [best, edit, later]


@pytest.mark.parametrize("shape", [(0, WIDTH), (5, WIDTH - 1), (4, WIDTH)])
def test_scores_of_another_atlas_are_refused(atlas, shape):
    with pytest.raises(InputError, match=r"Expected a clip's scores of shape.*Received"):
        find_clip(atlas, [np.zeros(shape, np.float32)], np.arange(min(5, shape[0] * 2)) / FPS)


@pytest.mark.parametrize("speed", [1.0, 0.94, 1.07])
def test_a_whole_film_is_one_span(speed):
    atlas = Films((("video", 900), ("video", 300)), film_scores(1200))
    scores, times = cut(atlas, 0, 10, 280, speed, noise=0.1)
    spans = find_clip(atlas, [scores], times)
    assert len(spans) == 1
    assert is_at(spans[0], 0, 10, 280, speed)
    assert spans[0].speed == pytest.approx(speed, abs=0.002)
