import numpy as np
import pytest

from frameatlas.reid.detect.camera_motion import shift_between, small_grey
from frameatlas.reid.detect.detections import Detections
from frameatlas.reid.detect.follow import FILLED, FollowOptions, follow
from frameatlas.reid.detect.kalman import BoxFilter


def detections_of(*people, frames=40, hidden=(), motion=(0.0, 0.0)):
    """Detections of (colour, function of the frame that gives left and top)."""
    rows = [
        (frame, who, *place(frame), 40.0, 100.0)
        for frame in range(1, frames + 1)
        for who, place in people
        if (who, frame) not in hidden
    ]
    table = np.array(rows)
    return Detections(
        np.arange(1, frames + 1),
        np.tile(motion, (frames, 1)),
        table[:, 0].astype(np.int64),
        table[:, 2:],
        np.full(len(table), 0.9),
        np.eye(4, dtype=np.float32)[table[:, 1].astype(int)],
    )


def test_people_who_cross_keep_their_ids():
    found = follow(
        detections_of((0, lambda f: (100 + 5 * f, 100)), (1, lambda f: (300 - 5 * f, 105))), 25.0
    )
    assert sorted(np.unique(found.track)) == [1, 2]
    for track, speed in ((1, 5), (2, -5)):
        left = found.box[found.track == track, 0]
        assert len(left) == 40
        assert np.allclose(np.diff(left), speed) or np.allclose(np.diff(left), -speed)


def test_a_short_pause_is_filled_with_boxes_from_which_no_crop_is_cut():
    hidden = {(0, frame) for frame in range(15, 25)}
    found = follow(detections_of((0, lambda f: (100 + 4 * f, 100)), hidden=hidden), 25.0)
    assert np.unique(found.track).tolist() == [1]
    assert found.frame.tolist() == list(range(1, 41))
    np.testing.assert_allclose(found.box[:, 0], 101 + 4 * found.frame)
    filled = (found.frame >= 15) & (found.frame < 25)
    assert (found.confidence[filled] == np.float32(FILLED)).all()
    assert (found.confidence[~filled] > 0.5).all()


def test_after_a_long_pause_somebody_begins_anew():
    hidden = {(0, frame) for frame in range(5, 35)}
    found = follow(detections_of((0, lambda _: (100, 100)), hidden=hidden), 25.0)
    assert np.unique(found.track).tolist() == [1, 2]


def test_somebody_of_another_colour_is_somebody_else():
    first = detections_of((0, lambda _: (100, 100)), frames=20)
    later = detections_of((1, lambda _: (118, 100)), frames=20)
    both = Detections.joined(
        [first, Detections(later.looked + 20, later.motion, later.frame + 20, later.box,
                           later.confidence, later.colour)]
    )  # fmt: skip
    assert len(np.unique(follow(both, 25.0).track)) == 2


def test_a_panning_camera_is_taken_out():
    step = 45.0  # more than a person is wide
    moving = detections_of((0, lambda f: (50 + step * f, 100)), frames=10, motion=(step, 0.0))
    assert np.unique(follow(moving, 25.0).track).tolist() == [1]
    still = detections_of((0, lambda f: (50 + step * f, 100)), frames=10)
    assert len(np.unique(follow(still, 25.0).track)) != 1


def test_nobody_gives_no_tracks():
    nobody = detections_of((0, lambda _: (1, 1)), frames=2)
    assert len(follow(nobody, 25.0)) == 0


def test_the_filter_expects_who_walks_where_they_will_be():
    walker = BoxFilter(np.array([100.0, 50, 40, 100]))
    for step in range(1, 10):
        walker.predict(1, np.zeros(2))
        walker.update(np.array([100.0 + 6 * step, 50, 40, 100]))
    walker.predict(5, np.zeros(2))
    assert walker.box[0] == pytest.approx(100 + 6 * 14, abs=8)


def test_the_motion_of_a_picture_is_measured():
    rng = np.random.default_rng(3)
    scene = np.kron(rng.integers(0, 255, (60, 80, 3)), np.ones((10, 10, 1))).astype(np.uint8)
    before, now = scene[50:530, 50:690], scene[50:530, 90:730]
    across, down = shift_between(small_grey(before), small_grey(now), (640, 480))
    assert across == pytest.approx(-40, abs=5)
    assert down == pytest.approx(0, abs=4)
    other = rng.integers(0, 255, (480, 640, 3), np.uint8)
    assert shift_between(small_grey(before), small_grey(other), (640, 480)) == (0, 0)


def test_detections_are_read_as_they_were_written(tmp_path):
    found = detections_of((0, lambda f: (f, 2)), frames=5)
    found.save(tmp_path / "a.h5")
    again = Detections.load(tmp_path / "a.h5")
    np.testing.assert_array_equal(again.box, found.box)
    data = bytearray((tmp_path / "a.h5").read_bytes())
    place = data.find(np.float64(3.0).tobytes() + np.float64(2.0).tobytes())
    data[place] ^= 1
    (tmp_path / "a.h5").write_bytes(data)
    assert Detections.load(tmp_path / "a.h5") is None
    assert Detections.load(tmp_path / "none.h5") is None


def test_who_runs_is_followed_where_nobody_else_comes_near():
    """Thirty pixels a frame: boxes overlap by a seventh before the speed is known."""
    runner = (0, lambda f: (20 + 30 * f, 100))
    alone = follow(detections_of(runner, frames=12), 10.0)
    assert np.unique(alone.track).tolist() == [1]
    assert len(alone.frame) == 12
    strict = FollowOptions(most_cost=0.5)
    assert len(follow(detections_of(runner, frames=12), 10.0, strict).frame) < 12
