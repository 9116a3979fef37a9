from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.progress import NullProgress
from frameatlas.reid.detect import search
from frameatlas.reid.detect.search import plan_search, search_id, search_video
from frameatlas.reid.tracks.frame_reader import Picture


class Film:
    """Ten pictures with a bright square that walks."""

    path, kind, rate, time_base = "film", "video", Fraction(25), Fraction(1, 25)
    size, count, digest = (200, 200), 10, "d" * 32

    def pictures(self, wanted):
        for number in wanted:
            if number <= 10:
                pixels = np.zeros((200, 200, 3), np.uint8)
                pixels[50:150, 5 * number : 5 * number + 40] = 255
                yield Picture(number, number, pixels)


class BrightDetector:
    identity, size, keeps_aspect, least_share = "bright", (200, 200), False, 0.2

    def __init__(self):
        self.seen = 0

    def detect(self, pictures, least):
        self.seen += len(pictures)
        found = []
        for picture in pictures:
            columns = np.flatnonzero((picture[..., 0] > 128).any(axis=0))
            seen = [(columns[0], 50, len(columns), 100)] if len(columns) else []
            box = np.array(seen, np.float64).reshape(-1, 4)
            found.append((box, np.full(len(box), 0.9)))
        return found

    def close(self):
        pass


@pytest.fixture
def plan(monkeypatch):
    monkeypatch.setattr(search, "PART", 4)
    return plan_search(Film(), BrightDetector(), 1)


def run(folder, plan, detector, stopped=lambda: False):
    return search_video(Film(), detector, plan, folder, NullProgress(), stopped)


def test_every_frame_is_looked_at_once(plan, tmp_path):
    found = run(tmp_path, plan, BrightDetector())
    assert found.looked.tolist() == found.frame.tolist() == list(range(1, 11))
    np.testing.assert_allclose(found.box[:, 0], 5 * found.frame, atol=1)
    assert found.colour.shape == (10, 72)
    assert found.as_tracks().track.tolist() == [-1] * 10


def test_a_run_that_was_stopped_goes_on_where_it_ended(plan, tmp_path):
    whole = run(tmp_path / "whole", plan, BrightDetector())
    calls = iter([False] * 5 + [True] * 10)
    with pytest.raises(InterruptedIndexError):
        run(tmp_path / "cut", plan, BrightDetector(), lambda: next(calls))
    detector = BrightDetector()
    again = run(tmp_path / "cut", plan, detector)
    assert 0 < detector.seen < 10 * len(plan.windows)
    for name in ("looked", "frame", "box", "confidence", "colour", "motion"):
        np.testing.assert_array_equal(getattr(again, name), getattr(whole, name))


class Told(NullProgress):
    """What is told of the stage."""

    def __init__(self):
        self.stages, self.done = [], []

    def stage(self, name, total, unit, kept=0):
        self.stages.append((total, kept))

    def step(self, done, current=""):
        self.done.append(done)


def test_every_frame_is_told_and_those_of_an_earlier_run_as_kept(plan, tmp_path):
    """Frames are told one by one, as a part of a long film takes minutes."""
    calls = iter([False] * 5 + [True] * 10)
    first, again = Told(), Told()
    with pytest.raises(InterruptedIndexError):
        search_video(Film(), BrightDetector(), plan, tmp_path, first, lambda: next(calls))
    kept = search.frames_kept(tmp_path)
    assert 4 <= kept < 10
    assert first.stages == [(10, 0)]
    assert first.done[: kept - 1] == list(range(1, kept))
    search_video(Film(), BrightDetector(), plan, tmp_path, again, lambda: False)
    assert again.stages == [(10, kept)]
    assert again.done == list(range(kept + 1, 11))


def test_a_part_ends_after_a_while_so_that_a_kill_costs_little(plan, tmp_path, monkeypatch):
    whole = run(tmp_path / "whole", plan, BrightDetector())
    monkeypatch.setattr(search, "PART_SECONDS", 0.0)
    slow = run(tmp_path / "slow", plan, BrightDetector())
    assert len(list((tmp_path / "slow").glob("*.h5"))) == 10
    np.testing.assert_array_equal(slow.box, whole.box)
    np.testing.assert_array_equal(slow.motion, whole.motion)


def test_a_damaged_part_and_all_behind_it_are_made_again(plan, tmp_path):
    run(tmp_path, plan, BrightDetector())
    (tmp_path / "000001.h5").write_bytes(b"damaged")
    detector = BrightDetector()
    assert run(tmp_path, plan, detector).looked.tolist() == list(range(1, 11))
    assert detector.seen == 6 * len(plan.windows)


def test_one_of_so_many_frames(tmp_path):
    every = plan_search(Film(), BrightDetector(), 3)
    assert list(every.frames) == [1, 4, 7, 10]
    found = run(tmp_path, every, BrightDetector())
    assert found.step == 3


def test_what_detections_depend_on_is_in_their_name():
    names = {search_id(Film(), BrightDetector(), every) for every in (1, 2)}
    other = SimpleNamespace(identity="other")
    names.add(search_id(Film(), other, 1))
    assert len(names) == 3


def test_a_film_without_pictures_is_one_sentence(plan, tmp_path):
    class Empty(Film):
        def pictures(self, wanted):
            return iter(())

    with pytest.raises(SourceError, match="none that can be decoded"):
        search_video(Empty(), BrightDetector(), plan, tmp_path, NullProgress(), lambda: False)
