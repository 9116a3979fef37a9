from dataclasses import replace

import numpy as np
import pytest

from frameatlas.errors import WeightsError
from frameatlas.reid.detect import packaged_weights as weights
from frameatlas.reid.detect.ssdlite import MAPS, anchors, decoded


def test_anchors_are_those_of_ssd():
    found = anchors()
    assert len(found) == 3 * MAPS[0] ** 2 + 6 * sum(side**2 for side in MAPS[1:]) == 1917
    np.testing.assert_allclose(found[0], [0.5 / 19, 0.5 / 19, 0.1, 0.1])
    np.testing.assert_allclose(found[-1, 2:], np.sqrt(0.95), rtol=1e-6)


def test_box_codes_become_pixels():
    output = np.zeros((1, 1917, 5), np.float32)
    output[..., 4] = -9
    place = 3 * 19 * 19 + 6 * (5 * 10 + 5)  # a square anchor of .35 in the middle of the second map
    output[0, place, 4] = 2.0
    ((box, sure),) = decoded(output, 0.5)
    np.testing.assert_allclose(box, [[165 - 52.5, 165 - 52.5, 105, 105]], rtol=1e-6)
    np.testing.assert_allclose(sure, [1 / (1 + np.exp(-2))])
    assert len(decoded(output, 0.95)[0][0]) == 0


def test_another_file_than_the_packaged_one_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "packaged_weights", lambda: tmp_path / "none.h5")
    with pytest.raises(WeightsError, match="No such file"):
        weights.load_detector()
    (tmp_path / "none.h5").write_bytes(b"other")
    with pytest.raises(WeightsError, match="another file"):
        weights.load_detector()


@pytest.mark.shared
def test_the_packaged_detector_finds_the_people_of_a_real_frame(shared):
    from frameatlas.reid.detect.boxes_on_people import look_at_boxes
    from frameatlas.reid.detect.detector import open_detector
    from frameatlas.reid.detect.windows import detect_people, windows_of
    from frameatlas.reid.tracks.boxes import intersection_over_union
    from frameatlas.reid.tracks.frame_reader import open_pictures
    from frameatlas.reid.tracks.mot import read_mot

    people = shared / "data" / "people"
    pictures = open_pictures(people / "PETS09-S2L1_vtest.avi")
    truth, _ = read_mot(people / "tracklets.txt")
    frame = int(np.bincount(truth.frame).argmax())
    picture = next(iter(pictures.pictures([frame])))
    true = truth.box[truth.frame == frame]
    detector = open_detector()
    box, _ = detect_people(picture.pixels, windows_of((768, 576), 71, detector), detector, 0.3)
    found = intersection_over_union(true, box).max(axis=1) >= 0.5
    assert found.mean() >= 0.6

    frames = np.unique(truth.frame)
    place = int(np.searchsorted(frames, frame))
    some = truth.rows(np.isin(truth.frame, frames[[place, place + 10]]))
    assert not look_at_boxes(pictures, some, detector).elsewhere
    half = replace(some, box=some.box / 2)
    assert look_at_boxes(pictures, half, detector).elsewhere
    detector.close()
