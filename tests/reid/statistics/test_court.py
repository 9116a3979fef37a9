import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.reid.statistics.court import Court, View, homography, project
from frameatlas.reid.statistics.read_court import read_court

MATRIX = np.array([[0.02, 0.01, -3.0], [0.001, 0.05, -9.0], [0.0001, 0.002, 1.0]])
PIXELS = np.array([(100.0, 400), (700, 420), (650, 220), (160, 210), (400, 300)])


def test_points_come_out_where_they_were_said_to_be():
    metres = project(MATRIX, PIXELS)
    found = homography(PIXELS, metres)
    np.testing.assert_allclose(project(found, PIXELS), metres, atol=1e-9)
    others = np.array([(300.0, 350), (500, 250)])
    np.testing.assert_allclose(project(found, others), project(MATRIX, others), atol=1e-9)


def test_what_lies_beyond_the_horizon_is_nowhere():
    ground = np.array([(0.0, 0), (10, 0), (10, 10), (0, 10)])
    camera = np.array([[50.0, 0, 300], [0, -1, 300], [0, 0.1, 1]])  # metres to pixels; horizon -10
    found = homography(project(camera, ground), ground)
    assert np.isfinite(project(found, np.array([(320.0, 250)]))).all()
    assert np.isnan(project(found, np.array([(320.0, -80)]))).all()


@pytest.mark.parametrize(
    ("pixels", "sentence"),
    [
        (PIXELS[:3], "4 or more points"),
        (np.array([(0.0, 0), (10, 10), (20, 20), (30, 30)]), "no three of four"),
        (PIXELS[[0, 2, 1, 3]], "exchanged"),
    ],
)
def test_points_that_decide_nothing_are_refused(pixels, sentence):
    metres = np.array([(0.0, 0), (28, 0), (28, 15), (0, 15)])[: len(pixels)]
    with pytest.raises(InputError, match=sentence):
        homography(pixels, metres)


def test_where_the_camera_turns_points_lie_between_those_of_two_frames():
    ground = np.array([(0.0, 0), (10, 0), (10, 5), (0, 5)])
    one, two = PIXELS[:4], PIXELS[:4] + (40.0, 0)
    court = Court((10, 5), {"": (View(one, ground, 1), View(two, ground, 41))})
    frame = np.array([1, 21, 41, 60])
    moving = np.array([one[0], one[0] + (20, 0), one[0] + (40, 0), one[0] + (40, 0)])
    np.testing.assert_allclose(court.to_metres("a", frame, moving), np.zeros((4, 2)), atol=1e-6)


def test_a_file_gives_the_court_of_each_camera(tmp_path):
    (tmp_path / "court.yaml").write_text(
        "size: [28, 15]  # basketball\n"
        "points:\n"
        "  - {pixel: [100, 400], metres: [0, 0]}\n"
        "  - {pixel: [700, 420], metres: [28, 0]}\n"
        "  - {pixel: [650, 220], metres: [28, 15]}\n"
        "  - {pixel: [160, 210], metres: [0, 15]}\n"
    )
    court = read_court(tmp_path / "court.yaml")
    assert court.size == (28, 15)
    place = court.to_metres("any", np.array([7]), np.array([(650.0, 220)]))
    np.testing.assert_allclose(place, [(28, 15)], atol=1e-6)
    assert court.sees("any")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "headings are size, points and cameras"),
        ("points: [1, 2]", "the point 1"),
        ("points: [{pixel: [1, 2]}]", "the point"),
        ("points: [{pixel: [1, x], metres: [0, 0]}]", "pixel"),
        ("points: [{pixel: [1, .inf], metres: [0, 0]}]", "pixel"),
        ("size: [1]", "size"),
        ("court: 3", "headings"),
        ("points: [{pixel: [1, 2], metres: [0, 0]}]", "4 or more points"),
        ("points: [", "no YAML"),
        ("size: [1, 2]", "no points"),
        ("cameras: {west: 3}", "points: 3"),
        ("points: [{pixel: [1, 2], metres: [0, 0], frame: 0}]", "frame"),
    ],
)
def test_a_file_that_cannot_be_meant_is_one_sentence(tmp_path, text, sentence):
    (tmp_path / "court.yaml").write_text(text)
    with pytest.raises(InputError, match=sentence):
        read_court(tmp_path / "court.yaml")
    with pytest.raises(InputError, match="No such file"):
        read_court(tmp_path / "none.yaml")
