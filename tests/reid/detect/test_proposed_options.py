"""Which option puts boxes on people: the size or the rate that a tracker really saw."""

from fractions import Fraction

import numpy as np
import pytest

from frameatlas.reid.detect.proposed_options import Looked, count, propose_option

SIZE, RATE = (640, 480), Fraction(25)


def places(frame):
    """Three people who walk to the right, half a width in a frame."""
    return [(20.0 + 5 * frame + 150 * k, 50.0 + 40 * k, 10.0, 30.0) for k in range(3)]


LOOKED = [Looked(f, np.array(places(f)), np.ones(3, bool)) for f in (1, 5, 9, 13, 17, 21)]


def proposed(tracks):
    return propose_option(tracks, SIZE, RATE, lambda some: count(some, LOOKED, 5.0, 0.4))


@pytest.mark.parametrize("step", [2, 4])
def test_the_rate_that_a_tracker_saw(tracks_of, step):
    rows = [
        (1 + n, k, x + 1, y + 1, w, h)
        for n in range(12)
        for k, (x, y, w, h) in enumerate(places(1 + step * n))
    ]
    found = proposed(tracks_of(*rows))
    assert found.option == f"--track-fps {25 / step:g}"
    assert found.counted.share == 1


@pytest.mark.parametrize("size", [(320, 240), (1280, 960), (800, 600)])
def test_the_size_that_a_tracker_saw(tracks_of, size):
    share = size[0] / SIZE[0]
    rows = [
        (f, k, *(share * value for value in (x, y, w, h)))
        for f in range(1, 30)
        for k, (x, y, w, h) in enumerate(places(f))
    ]
    found = proposed(tracks_of(*rows))
    if size == (800, 600):
        assert found is None, "no usual size of this shape"
    else:
        assert found.option == f"--track-size {size[0]}x{size[1]}"


def test_of_right_tracks_and_of_another_video_nothing_is_said(tracks_of):
    right = [(f, k, x + 1, y + 1, w, h) for f in range(1, 30)
             for k, (x, y, w, h) in enumerate(places(f))]  # fmt: skip
    assert proposed(tracks_of(*right)) is None
    assert proposed(tracks_of(*((f, k, x, 480 - y, w, h) for f, k, x, y, w, h in right))) is None
