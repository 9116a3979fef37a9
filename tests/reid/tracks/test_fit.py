from fractions import Fraction

import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.reid.tracks.fit import PictureFacts, fit
from frameatlas.reid.tracks.formats.read import parse_table
from frameatlas.reid.tracks.options import TrackOptions, parse_size

FACTS = PictureFacts((640, 400), 100, Fraction(25))


def boxes(*rows, frames=range(1, 101)):
    lines = [f"{f},{n},{','.join(map(str, box))}" for f in frames for n, box in enumerate(rows, 1)]
    return parse_table("\n".join(lines), "tracks.txt")


def test_good_tracks_get_no_note():
    fitted = fit(boxes((100, 100, 40, 100), (600, 300, 40, 100)), FACTS, TrackOptions(), "t")
    assert fitted.notes == ()


def test_corners_taken_for_sizes_are_refused():
    table = boxes((300, 200, 340, 300), (500, 100, 540, 200))
    with pytest.raises(InputError, match=r"x1,y1,x2,y2 would; give the file a header"):
        fit(table, FACTS, TrackOptions(), "t")


def test_boxes_of_larger_pictures_name_the_option_that_mends_them():
    table = boxes((1800, 900, 80, 160), (900, 500, 80, 160))
    with pytest.raises(InputError, match="--track-size 1920x1080"):
        fit(table, FACTS, TrackOptions(), "t")
    fitted = fit(table, FACTS, TrackOptions(size=(1920, 1080)), "t")
    np.testing.assert_allclose(fitted.table.box[0], [600, 333.33, 26.67, 59.26], atol=0.01)


def test_shares_of_the_picture_are_scaled_and_told():
    fitted = fit(boxes((0.5, 0.25, 0.1, 0.5)), FACTS, TrackOptions(), "t")
    np.testing.assert_allclose(fitted.table.box[0], [320, 100, 64, 200])
    assert "--track-size 1x1" in fitted.notes[0]


def test_tracks_of_a_longer_recording_are_refused():
    table = boxes((100, 100, 40, 100), frames=range(90, 140))
    with pytest.raises(InputError, match="39 of 50 boxes of frames beyond them, up to 139"):
        fit(table, FACTS, TrackOptions(), "t")
    with pytest.raises(InputError, match="--track-fps 50"):
        fit(boxes((100, 100, 40, 100), frames=range(1, 201)), FACTS, TrackOptions(), "t")


def test_a_frame_or_two_too_many_are_left_out():
    fitted = fit(boxes((100, 100, 40, 100), frames=range(1, 102)), FACTS, TrackOptions(), "t")
    assert len(fitted.table) == 100
    assert "1 box left out: of frames beyond the last, 100." in fitted.notes[0]


def test_tracks_of_every_fifth_frame_are_spoken_of_and_mended():
    table = boxes((100, 100, 40, 100), frames=range(1, 21))
    assert "--track-fps 5" in fit(table, FACTS, TrackOptions(), "t").notes[0]
    fitted = fit(table, FACTS, TrackOptions(rate=5.0), "t")
    assert fitted.table.frame.tolist() == list(range(1, 101, 5))
    assert fitted.notes == ()


def test_frames_from_zero_begin_at_one():
    table = boxes((100, 100, 40, 100), frames=range(100))
    assert fit(table, FACTS, TrackOptions(), "t").table.frame.tolist() == list(range(1, 101))


@pytest.mark.parametrize("text", ["1920", "0x5", "axb", "1920x1080x3", ""])
def test_a_size_that_is_none_is_refused(text):
    with pytest.raises(InputError, match="WIDTHxHEIGHT"):
        parse_size(text)


def test_a_size_is_read():
    assert parse_size("1920x1080") == (1920, 1080)
    assert parse_size(None) is None
    with pytest.raises(InputError, match="--track-fps above 0"):
        TrackOptions(rate=0)
