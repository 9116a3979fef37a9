"""YOLOX-nano, which the project may not ship, on a real frame; skipped where it is not there."""

import numpy as np
import pytest

from frameatlas.reid.detect.detector import open_detector
from frameatlas.reid.detect.windows import detect_people, person_height, windows_of
from frameatlas.reid.tracks.boxes import intersection_over_union
from frameatlas.reid.tracks.frame_reader import open_pictures
from frameatlas.reid.tracks.mot import read_mot


@pytest.mark.shared
def test_yolox_by_file_finds_the_people_of_a_real_frame(shared):
    openvino = pytest.importorskip("openvino", reason="openvino is not installed")
    weights = shared / "weights" / "yolox_nano.onnx"
    video = shared / "data" / "people" / "PETS09-S2L1_vtest.avi"
    if not weights.exists() or not video.exists():
        pytest.skip("needs ../shared/weights/yolox_nano.onnx and PETS09-S2L1")
    truth, _ = read_mot(shared / "data" / "people" / "tracklets.txt")
    detector = open_detector(weights, openvino)
    assert detector.identity.startswith("yolox ")
    try:
        found = matched = 0
        for picture in open_pictures(video).pictures([1, 40]):
            true = truth.box[truth.frame == picture.number]
            height, width = picture.pixels.shape[:2]
            person = person_height([picture.pixels], detector)
            windows = windows_of((width, height), person, detector)
            boxes, sure = detect_people(picture.pixels, windows, detector, 0.3)
            assert boxes.shape == (len(sure), 4)
            assert (boxes[:, 2:] > 0).all()
            found += len(true)
            matched += int((intersection_over_union(true, boxes).max(axis=1) >= 0.5).sum())
    finally:
        detector.close()
    assert found >= 8
    assert matched >= 0.8 * found, f"{matched} of {found}"
    assert np.isfinite(person)
