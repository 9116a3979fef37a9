"""Photos beside Pillow and libvips, small and few."""

import json

import numpy as np
import pytest
from benchmark import photos
from PIL import Image

from frameatlas.photos.quiet import quiet_pillow


@pytest.fixture
def drawn(tmp_path):
    return photos.draw_photos(tmp_path, 6, (1600, 1200))


def test_photos_are_drawn_and_repeated(drawn):
    assert len(drawn) == 6
    assert drawn[4].read_bytes() == drawn[0].read_bytes() != drawn[1].read_bytes()
    with Image.open(drawn[0]) as image:
        assert (image.size, image.format) == ((1600, 1200), "JPEG")


def test_all_ways_give_nearly_the_same_frames(drawn):
    frames = {}
    for way in photos.ways():
        with quiet_pillow():
            frames[way] = photos.SINGLE[way](drawn[0]).astype(int)
        assert frames[way].shape == (300, 400, 3)
        assert photos._apart(way, drawn[0]) < 4
    for frame in frames.values():
        assert np.abs(frame - frames["ours"]).mean() < 4


def test_each_way_is_measured_and_what_is_missing_is_told(drawn, monkeypatch):
    monkeypatch.setattr(photos, "ways", lambda: ["ours", "pillow"])
    monkeypatch.setattr(photos, "_measured", lambda way, folder: photos.step(way, str(folder)))
    monkeypatch.setattr(photos, "draw_photos", lambda *_: drawn)
    found = photos.measure(drawn[0].parent, len(drawn), 1)
    report = {"photos": 6, "rounds": 1, "reckoned": 10_000, "ways": found}
    json.dumps(report)
    assert all(figures["cpu_ms"] > 0 for figures in found.values())
    shown = photos.table(report)
    row = next(line for line in shown.splitlines() if line.startswith("| PyVips"))
    assert "not installed" in row
    assert f"{found['ours']['cpu_ms'] / found['pillow']['cpu_ms']:.2f}" in shown
