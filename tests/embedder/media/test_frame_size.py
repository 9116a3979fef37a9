from fractions import Fraction

import pytest

from frameatlas.embedder.media.frame_size import centred_box, displayed_size, frame_size


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (1920, 1080, (534, 300)),
        (1280, 720, (534, 300)),
        (1080, 1920, (300, 534)),
        (640, 480, (400, 300)),
        (1, 1, (300, 300)),
        (2, 1, (600, 300)),
        (340, 256, (400, 300)),
        (9841, 705, (4096, 293)),
        (1, 10_000, (1, 4096)),
    ],
)
def test_short_side_is_the_height_and_the_long_one_even(width, height, expected):
    assert frame_size(width, height, 300) == expected


def test_sample_aspect_and_rotation_are_applied():
    assert displayed_size(720, 576, Fraction(64, 45), 0) == (1024, 576)
    assert displayed_size(400, 300, Fraction(4, 3), 90) == (300, 533)


def test_a_box_is_centred():
    assert centred_box(100, 300, 534, 300) == (217, 0, 100, 300)
