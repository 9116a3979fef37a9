"""Boxes that are not where the people are: of another video, or of other frames."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from frameatlas.cli.tracks import check_boxes
from frameatlas.cli.tracks.check_boxes import check_boxes as check
from frameatlas.cli.tracks.detect import DetectOptions
from frameatlas.errors import InputError
from frameatlas.progress import NullProgress
from frameatlas.reid.detect.boxes_on_people import (
    LATEST,
    BoxesLookedAt,
    frames_to_look_at,
    look_at_boxes,
)
from frameatlas.reid.tracks.frame_reader import Picture

PLACES = [(20 + 60 * k, 60, 40, 100) for k in range(4)]


class Film:
    """Pictures with four bright people in each."""

    size, count, rate = (320, 240), 400, Fraction(25)

    def pictures(self, wanted):
        for number in wanted:
            pixels = np.zeros((240, 320, 3), np.uint8)
            for left, top, width, height in PLACES:
                pixels[top : top + height, left : left + width] = 255
            yield Picture(number, number, pixels)


class Bright:
    size, keeps_aspect, least_share = (320, 240), False, 0.2

    def detect(self, pictures, least):
        boxes = np.array(PLACES, np.float64)
        lit = [bool((picture > 128).any()) for picture in pictures]
        return [(boxes[: 4 * is_lit], np.full(4 * is_lit, 0.9)) for is_lit in lit]


def rows(shift=0, frames=range(1, 100)):
    return [(f, k + 1, x + 1 + shift, y + 1, w, h) for f in frames
            for k, (x, y, w, h) in enumerate(PLACES)]  # fmt: skip


def test_boxes_on_people_are_right_and_boxes_beside_them_are_not(tracks_of):
    right = look_at_boxes(Film(), tracks_of(*rows()), Bright())
    assert (right.boxes, right.on_people, right.people, right.boxed) == (24, 24, 24, 24)
    assert not right.elsewhere
    wrong = look_at_boxes(Film(), tracks_of(*rows(shift=30)), Bright())
    assert (wrong.on_people, wrong.boxed) == (0, 0)
    assert wrong.elsewhere


def test_the_option_that_puts_boxes_on_people_is_named(tracks_of):
    half = [(f, k, x / 2, y / 2, w / 2, h / 2) for f, k, x, y, w, h in rows()]
    seen = look_at_boxes(Film(), tracks_of(*half), Bright())
    assert seen.elsewhere
    assert (seen.proposed.option, seen.proposed.counted.share) == ("--track-size 160x120", 1.0)
    assert look_at_boxes(Film(), tracks_of(*rows(shift=30)), Bright()).proposed is None


def test_few_boxes_or_nobody_found_prove_nothing(tracks_of):
    one = [row for row in rows(shift=30) if row[1] == 1][:1]
    assert not look_at_boxes(Film(), tracks_of(*one), Bright()).elsewhere
    assert not BoxesLookedAt(40, 0, 3, 0).elsewhere, "a detector that finds hardly anybody"
    assert not BoxesLookedAt(8, 8, 90, 8).elsewhere, "one player in a crowd"


def test_only_pictures_that_come_soon_are_looked_at(tracks_of):
    frames = frames_to_look_at(tracks_of(*rows(frames=range(7, 4000, 3))))
    assert len(frames) == 6
    assert (frames[0], frames[-1]) == (7, 1507)
    assert frames_to_look_at(tracks_of(*rows(frames=[LATEST + 1]))) == []
    assert frames_to_look_at(tracks_of((1, 1, 5, 5, 4, 9))) == []


@pytest.fixture
def recording(tracks_of, tmp_path):
    pictures = SimpleNamespace(path=tmp_path / "game.mp4", size=(320, 240))
    tracks = tracks_of(*rows())
    return SimpleNamespace(source_id="a", tracks=tracks, pictures=pictures, file="game.txt")


class Notes(NullProgress):
    def __init__(self):
        self.said = []

    def note(self, text):
        self.said.append(text)


@pytest.mark.parametrize(
    ("seen", "refused", "notes"),
    [
        (BoxesLookedAt(30, 28, 25, 24, (1, 2)), False, 0),
        (BoxesLookedAt(30, 1, 25, 1, (1, 2)), True, 1),
        (BoxesLookedAt(30, 0, 2, 0, (1, 2)), False, 1),
        (None, False, 0),
    ],
)
def test_what_is_said_of_it(recording, tmp_path, monkeypatch, seen, refused, notes):
    options = DetectOptions(None, 1, "auto")
    monkeypatch.setattr(check_boxes, "look", lambda *_: seen)
    if refused:
        with pytest.raises(InputError, match="of 25 people whom it finds there 1 have a box"):
            check([recording], tmp_path, options, Notes(), force=False)
    progress = Notes()
    check([recording], tmp_path, options, progress, force=True)
    assert len(progress.said) == notes
    assert all("--track-size" in said for said in progress.said)
    (tmp_path / "sources" / "a").mkdir(parents=True)
    monkeypatch.setattr(check_boxes, "look", lambda *_: pytest.fail("its crops are there"))
    check([recording], tmp_path, options, NullProgress(), force=False)
