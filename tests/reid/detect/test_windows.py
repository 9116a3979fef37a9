import numpy as np
import pytest

from frameatlas.reid.detect.suppression import joined
from frameatlas.reid.detect.windows import detect_people, person_height, windows_of

RED = (255, 0, 0)


class RedDetector:
    """Finds red rectangles, where they are 20 pixels high or more in what it sees."""

    identity = "red"
    size = (100, 100)
    keeps_aspect = False
    least_share = 0.2

    def __init__(self, *, keeps_aspect=False):
        self.keeps_aspect = keeps_aspect
        self.seen = 0

    def detect(self, pictures, least):
        self.seen += len(pictures)
        return [self._one(picture) for picture in pictures]

    def _one(self, picture):
        red = (picture[..., 0] > 128) & (picture[..., 1] < 128)
        boxes = []
        columns = np.flatnonzero(red.any(axis=0))
        for part in np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1):
            if len(part):
                rows = np.flatnonzero(red[:, part].any(axis=1))
                boxes.append((part[0], rows[0], len(part), rows[-1] - rows[0] + 1))
        box = np.array([b for b in boxes if b[3] >= 20], np.float64).reshape(-1, 4)
        return box, np.full(len(box), 0.9)

    def close(self):
        pass


def picture_of(*boxes, size=(800, 600)):
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    for left, top, width, height in boxes:
        picture[top : top + height, left : left + width] = RED
    return picture


@pytest.mark.parametrize("person", [40, 60, 75, 90])
def test_everybody_is_whole_in_a_window_wherever_they_stand(person):
    windows = windows_of((800, 600), person, RedDetector())
    assert windows[0].tolist() == [0, 0, 800, 600]
    assert (windows[:, :2] >= 0).all()
    assert (windows[:, 0] + windows[:, 2] <= 800).all()
    assert (windows[:, 1] + windows[:, 3] <= 600).all()
    wide = person // 2
    for left in range(0, 800 - wide, 37):
        for top in range(0, 600 - person, 37):
            part = windows[1:]
            inside = (part[:, 0] <= left) & (part[:, 1] <= top)
            inside &= left + wide <= part[:, 0] + part[:, 2]
            inside &= top + person <= part[:, 1] + part[:, 3]
            assert inside.any()


def test_large_people_need_no_windows():
    assert len(windows_of((800, 600), 300, RedDetector())) == 1
    assert len(windows_of((800, 600), 0, RedDetector())) == 1


@pytest.mark.parametrize("keeps_aspect", [False, True])
def test_small_people_are_found_in_windows_and_counted_once(keeps_aspect):
    detector = RedDetector(keeps_aspect=keeps_aspect)
    people = [(100, 100, 30, 60), (390, 290, 30, 60), (700, 500, 30, 60)]
    picture = picture_of(*people)
    windows = windows_of((800, 600), 60, detector)
    box, sure = detect_people(picture, windows, detector, 0.5)
    assert len(box) == 3
    order = np.argsort(box[:, 0])
    np.testing.assert_allclose(box[order], people, atol=4)
    assert (sure == 0.9).all()
    whole, _ = detect_people(picture, windows[:1], detector, 0.5)
    assert len(whole) == 0


def test_the_size_of_people_is_measured():
    height = person_height([picture_of((100, 100, 40, 80), (500, 300, 40, 80))], RedDetector())
    assert height == pytest.approx(80, abs=6)
    assert person_height([picture_of()], RedDetector()) == 0


def test_a_part_of_somebody_does_not_count_beside_the_whole():
    box = np.array(
        [(10, 10, 40, 100), (12, 60, 38, 50), (200, 10, 40, 100), (205, 12, 40, 100)], float
    )
    kept, sure = joined(box, np.array([0.6, 0.9, 0.8, 0.5]), np.array([True, False, True, True]))
    assert kept[:, 0].tolist() == [200, 10]
    assert sure.tolist() == [0.8, 0.6]
