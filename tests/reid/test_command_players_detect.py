"""``frameatlas players`` without tracks, with a detector that finds the game's shirts."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from frameatlas.cli.tracks import detect
from frameatlas.reid.detect import detector as detecting
from frameatlas.reid.tracks.mot import read_mot


class ShirtDetector:
    """Finds what is not as grey as the ground."""

    identity, size, keeps_aspect, least_share = "shirts", (320, 240), False, 0.2

    def __init__(self):
        self.seen = 0

    def detect(self, pictures, least):
        self.seen += len(pictures)
        return [self._one(picture.astype(int)) for picture in pictures]

    def _one(self, picture):
        other = (np.abs(picture - 95) > 30).any(axis=2)
        columns = np.flatnonzero(other.sum(axis=0) > 50)
        boxes = []
        for part in np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1):
            if len(part) > 20:
                rows = np.flatnonzero(other[:, part].sum(axis=1) > 10)
                boxes.append((part[0], rows[0], len(part), rows[-1] - rows[0] + 1))
        return np.array(boxes, np.float64).reshape(-1, 4), np.full(len(boxes), 0.9)

    def close(self):
        pass


@pytest.fixture
def shirts(monkeypatch):
    detector = ShirtDetector()
    monkeypatch.setattr(detecting, "open_detector", lambda *_: detector)
    return detector


def test_a_video_alone_becomes_players(players, game_file, tmp_path, shirts):
    video, tracks = game_file
    said = players(video)
    assert said.exit_code == 0, said.output
    assert "6 tracklets of people in 60 frames" in said.output
    folder = tmp_path / "game.players"
    found, bad = read_mot(folder / "tracklets.txt")
    true, _ = read_mot(tracks)
    assert bad == ()
    assert found.frame.tolist() == true.frame.tolist()
    np.testing.assert_allclose(found.box, true.box, atol=3)
    boxes, _ = read_mot(folder / "detections.txt")
    assert set(boxes.track.tolist()) == {-1}
    report = json.loads((folder / "players.json").read_text())
    assert report["tracklets"] == 6

    seen = shirts.seen
    again = players(video)
    assert again.exit_code == 0, again.output
    assert shirts.seen == seen, "no frame is looked at twice"


def test_nobody_found_is_one_sentence(players, game_file, shirts, monkeypatch, tmp_path):
    nobody = (np.zeros((0, 4)), np.zeros(0))
    monkeypatch.setattr(shirts, "detect", lambda pictures, least: [nobody] * len(pictures))
    said = players(game_file[0], fails=True)
    assert said.exit_code != 0
    assert "Received: none that the detector finds" in str(said.exception)


def test_a_detector_that_is_none_is_one_sentence(players, game_file, tmp_path):
    said = players(game_file[0], "--detector", tmp_path / "none.onnx", fails=True)
    assert "Expected --detector to name an ONNX file" in str(said.exception)
    said = players(tmp_path / "no.mp4", fails=True)
    assert "where no such file is" in str(said.exception)
    assert not (tmp_path / "no.players").exists()


def test_time_is_told_of_the_frames_that_are_left(shirts):
    pictures = SimpleNamespace(path=Path("a.mp4"), pictures=lambda frames: iter(()))
    plan = SimpleNamespace(person=40.0, windows=np.zeros((1, 4)), frames=range(1, 101))
    said = detect._estimate(pictures, shirts, plan, 1, 40)
    assert said.endswith("1 window a frame, about 1 min for 40 frames that are left.")
    assert detect._estimate(pictures, shirts, plan, 1, 100).endswith("for 100 frames.")
