"""Small pictures of frames."""

import numpy as np
import pytest

from frameatlas.browser.view.encoding import small_picture


@pytest.mark.parametrize(
    ("shape", "small"),
    [
        ((1000, 50, 3), (96, 32)),  # a screenshot of twenty screens: not five pixels across
        ((50, 1000, 3), (25, 75)),
        ((300, 534, 3), (96, 171)),
        ((534, 300, 3), (96, 54)),
    ],
)
def test_of_long_pictures_the_middle_is_shown(shape, small):
    picture = np.zeros(shape, np.uint8)
    picture[shape[0] // 2, shape[1] // 2] = 255
    found = small_picture(picture, small[0])
    assert found.shape == (*small, 3)
    place = np.unravel_index(found[..., 0].argmax(), small)
    assert np.abs(np.array(place) - np.array(small) / 2).max() <= 2


def test_a_picture_that_is_small_enough_stays():
    picture = np.zeros((1000, 50, 3), np.uint8)
    assert small_picture(picture, 1000) is picture
