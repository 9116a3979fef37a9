"""VIDEO@SECONDS means the frame that a person would point at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameatlas import InputError
from frameatlas.search.frame_reference import find_frame, format_timestamp, parse_timestamp


@given(st.floats(0, 900_000))
def test_what_is_written_is_read_again(seconds):
    read = parse_timestamp(format_timestamp(seconds))
    assert read is not None
    assert abs(read - seconds) <= 0.0501


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 599))
def test_hours_minutes_and_tenths_add_up(hours, minutes, tenths):
    text = f"{hours}:{minutes:02d}:{tenths / 10:04.1f}"
    assert parse_timestamp(text) == pytest.approx(3600 * hours + 60 * minutes + tenths / 10)


@given(st.text(max_size=12))
def test_any_text_is_a_moment_or_none(text):
    read = parse_timestamp(text)
    assert read is None or 0 <= read <= 1e7


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12.5", 12.5), ("0", 0), (".5", 0.5), ("5.", 5), ("2:03", 123), ("1:02:03.5", 3723.5)],
)
def test_moments_are_understood(text, seconds):
    assert parse_timestamp(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "1:", ":30", "1:75", "1:99:00", "-3", "1e3", "inf", "nan", "2.mp4", "1:2:3:4", "٣", "1,5"],
)
def test_other_texts_are_no_moments(text):
    assert parse_timestamp(text) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00.0"), (7.44, "0:07.4"), (59.96, "1:00.0"), (3723.5, "1:02:03.5"), (-1.5, "-0:01.5")],
)
def test_moments_are_written_as_people_do(seconds, text):
    assert format_timestamp(seconds) == text


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("0.mp4@0", 0),
        ("0.mp4@1.1", 3),
        ("0.mp4@1.2", 4),
        ("/videos/0.mp4@0:03.6", 11),
        ("0.mp4@4.5", 11),
        ("1.mp4@0", 12),
        ("1@0:01", 15),
        ("2/photo1.jpg", 20),
        ("photo1.jpg", 20),
    ],
)
def test_the_nearest_frame_is_meant(tmp_atlas, text, frame):
    photos = [tmp_atlas.origins[i].name for i in tmp_atlas.range_of(2)]
    assert find_frame(tmp_atlas, text.replace("photo1.jpg", photos[1])) == frame


def test_a_name_may_hold_an_at_sign(tmp_atlas):
    from dataclasses import replace

    named = replace(tmp_atlas.sources[1], path="/videos/me@home@5.mp4")
    tmp_atlas.sources = (tmp_atlas.sources[0], named, *tmp_atlas.sources[2:])
    assert find_frame(tmp_atlas, "me@home@5.mp4@1") == 15
    with pytest.raises(InputError, match=r"me@home@5\.mp4@12\.5"):
        find_frame(tmp_atlas, "me@home@5.mp4")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.mp4", r"write 0\.mp4@12\.5"),
        ("0.mp4@12:99", "VIDEO@SECONDS"),
        ("0.mp4@90", r"from 0:00\.0 to 0:03\.7"),
        ("nowhere.mp4@3", "Expected a video"),
        ("nowhere.jpg", "VIDEO@SECONDS"),
        ("3.mp4@1", "which gave none"),
        ("", "VIDEO@SECONDS"),
        ("@3", "Expected a video"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(tmp_atlas, text, said):
    with pytest.raises(InputError, match=said) as caught:
        find_frame(tmp_atlas, text)
    assert "Received" in str(caught.value)


def test_the_frame_is_the_nearest_of_all(tmp_atlas):
    times = tmp_atlas.seconds[:12]
    for seconds in np.linspace(0, times[-1], 40):
        frame = find_frame(tmp_atlas, f"0.mp4@{seconds:.4f}")
        assert abs(times[frame] - seconds) <= np.abs(times - seconds).min() + 1e-4
